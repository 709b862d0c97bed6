using System.ComponentModel.DataAnnotations;

namespace VoiceBridge.CallControl.Phones.Acs.EventGrid;

/// <summary>Who may deliver events. Section <c>EventGrid</c>.</summary>
internal sealed class EventGridOptions : IValidatableObject
{
    public const string Section = "EventGrid";

    /// <summary>The values accepted as <c>?code=</c> in the webhook's address. Several, so that one can be replaced while the other still works.</summary>
    public IList<string> Keys { get; } = [];

    /// <summary>The event subscription whose handshakes are accepted without a credential.</summary>
    public string? SubscriptionName { get; set; }

    /// <summary>The Entra ID tenant whose tokens Event Grid brings along, when the subscription is protected by Entra ID.</summary>
    public string? TenantId { get; set; }

    /// <summary>The application (id or App ID URI) that those tokens are for.</summary>
    public string? Audience { get; set; }

    /// <summary>Where the tenant is: another one in Azure's sovereign clouds.</summary>
    public Uri Authority { get; set; } = new("https://login.microsoftonline.com");

    /// <summary>
    /// Event Grid's own application, which those tokens are issued to; this is the one of Azure's public cloud ("Deliver events to Microsoft
    /// Entra protected endpoints"). Its role alone would not do: whoever makes the subscription has that one too.
    /// </summary>
    public string ApplicationId { get; set; } = "4962773b-9cdb-44cf-a8bf-237846a00ab7";

    public bool UsesEntraId => !string.IsNullOrEmpty(TenantId) && !string.IsNullOrEmpty(Audience);

    /// <summary>Whether anything tells Event Grid from strangers.</summary>
    public bool IsProtected => Keys.Count > 0 || UsesEntraId;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (string.IsNullOrEmpty(TenantId) != string.IsNullOrEmpty(Audience))
            yield return new ValidationResult("EventGrid:TenantId and EventGrid:Audience belong together: set both or none.");
        if (!Authority.IsAbsoluteUri || Authority.Scheme != Uri.UriSchemeHttps && !Authority.IsLoopback)
            yield return new ValidationResult("EventGrid:Authority must be an https address (http only on loopback).");
        if (string.IsNullOrWhiteSpace(ApplicationId)) yield return new ValidationResult("EventGrid:ApplicationId is empty.");
        if (Keys.Any(string.IsNullOrWhiteSpace)) yield return new ValidationResult("EventGrid:Keys has an empty key.");
    }
}
