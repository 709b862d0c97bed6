using System.ComponentModel.DataAnnotations;

namespace VoiceBridge.CallControl.Phones.Acs;

/// <summary>How the Azure Communication Services resource is reached, and how what comes from it is recognised. Section <c>Acs</c>.</summary>
internal sealed class AcsOptions : IValidatableObject
{
    public const string Section = "Acs";

    /// <summary><c>endpoint=https://...;accesskey=...</c>; without it <see cref="Endpoint"/> with Entra ID.</summary>
    public string? ConnectionString { get; set; }

    /// <summary>The resource's https address, when Entra ID is used instead of an access key.</summary>
    public Uri? Endpoint { get; set; }

    /// <summary>The resource's immutable id (a GUID): the audience of the tokens that the service sends.</summary>
    public string? ResourceId { get; set; }

    /// <summary>The OpenID document of the service. Plain http only on loopback.</summary>
    [Required]
    public Uri OpenIdConfiguration { get; set; } = new("https://acscallautomation.communication.azure.com/calling/.well-known/acsopenidconfiguration");

    /// <summary>Whether a callback without a valid token is refused, or only reported.</summary>
    public TokenMode CallbackToken { get; set; } = TokenMode.Required;

    /// <summary>Whether one of the two ways in is configured.</summary>
    public bool IsConfigured => !string.IsNullOrWhiteSpace(ConnectionString) || Endpoint is not null;

    /// <summary>Whether it is a resource of Azure, with real phones, and not a simulator on this machine.</summary>
    public bool IsReal => Endpoint is { IsLoopback: false }
        || ConnectionString is { Length: > 0 } text && AcsConnectionString.TryParse(text, out var parsed, out _) && !parsed.Endpoint.IsLoopback;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (!string.IsNullOrWhiteSpace(ConnectionString) && !AcsConnectionString.TryParse(ConnectionString, out _, out var why))
            yield return new ValidationResult($"Acs:ConnectionString {why}");
        if (Endpoint is not null && (!Endpoint.IsAbsoluteUri || Endpoint.Scheme != Uri.UriSchemeHttps))
            yield return new ValidationResult("Acs:Endpoint must be an https address; tokens are not sent over plain http.");
        if (!OpenIdConfiguration.IsAbsoluteUri || (OpenIdConfiguration.Scheme != Uri.UriSchemeHttps && !OpenIdConfiguration.IsLoopback))
            yield return new ValidationResult("Acs:OpenIdConfiguration must be an https address (http only on loopback).");
    }
}

/// <summary>What happens to something that comes without a valid token.</summary>
internal enum TokenMode
{
    Required,
    Report,
}
