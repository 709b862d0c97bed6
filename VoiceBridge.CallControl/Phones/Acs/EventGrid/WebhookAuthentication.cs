using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.Extensions.Options;
using VoiceBridge.ServiceDefaults.Access;

namespace VoiceBridge.CallControl.Phones.Acs.EventGrid;

/// <summary>What a delivery may do.</summary>
internal enum WebhookEntry
{
    Refused,

    /// <summary>Nobody can tell: the keys of the tokens cannot be had.</summary>
    Unknown,

    /// <summary>Only to prove that the endpoint is ours: validation events are answered, all others are not looked at.</summary>
    HandshakeOnly,

    Full,
}

/// <summary>
/// Tells Event Grid from strangers: by the <c>?code=</c> of the registered address, or by the Entra ID token that it brings along.
/// Event Grid signs nothing, and whether its handshakes carry the token is not documented, so these pass for the configured subscription.
/// </summary>
internal sealed class WebhookAuthentication(IOptionsMonitor<EventGridOptions> options, IOptionsMonitor<JwtBearerOptions> tokens, IHostEnvironment environment)
{
    public const string Scheme = "EventGrid";

    /// <summary>The application role of Event Grid's service principal (Azure: "Deliver events to Microsoft Entra protected endpoints").</summary>
    private const string Role = "AzureEventGridSecureWebhookSubscriber";

    /// <summary>Whether the request is Event Grid's beyond doubt. A handshake without a credential may be anybody's.</summary>
    public async ValueTask<bool> IsAuthenticatedAsync(HttpContext context) => (await CheckAsync(context)).Entry is WebhookEntry.Full;

    /// <summary>What the request may do, and why not more. Its limit asks first, then its endpoint: the answer is found once.</summary>
    public async Task<(WebhookEntry Entry, string? Why)> CheckAsync(HttpContext context)
    {
        if (context.Features.Get<Checked>() is not { } known)
        {
            var (entry, why) = await FindAsync(context);
            context.Features.Set(known = new Checked(entry, why));
        }

        return (known.Entry, known.Why);
    }

    private async Task<(WebhookEntry Entry, string? Why)> FindAsync(HttpContext context)
    {
        var settings = options.CurrentValue;
        if (!settings.IsProtected)
        {
            var local = environment.IsDevelopment() && LocalRequest.IsLocal(context);
            return local ? (WebhookEntry.Full, null) : (WebhookEntry.Refused, "neither EventGrid:Keys nor EventGrid:TenantId is configured");
        }

        var code = context.Request.Query["code"].ToString();
        var bearer = context.Request.Headers.Authorization.Count > 0;
        if (settings.Keys.Count > 0 && code.Length > 0)
        {
            if (SharedSecret.Find(settings.Keys, code) != SharedSecret.NoMatch) return (WebhookEntry.Full, null);
            if (!bearer) return (WebhookEntry.Refused, "wrong key");
        }

        if (settings.UsesEntraId && bearer)
        {
            if (!await TokenKeys.AreKnownAsync(tokens.Get(Scheme), context.RequestAborted)) return (WebhookEntry.Unknown, "the tenant's OpenID document cannot be had");
            var result = await context.AuthenticateAsync(Scheme);
            if (!result.Succeeded) return (WebhookEntry.Refused, $"token refused: {result.Failure?.GetType().Name ?? "none"}");
            return Stranger(result.Principal, settings) is { } why ? (WebhookEntry.Refused, why) : (WebhookEntry.Full, null);
        }

        if (code.Length > 0 || bearer) return (WebhookEntry.Refused, "a credential of a kind that is not configured");
        return IsHandshake(context.Request, settings) ? (WebhookEntry.HandshakeOnly, null) : (WebhookEntry.Refused, "no credential");
    }

    /// <summary>Why a valid token is not Event Grid's; null when it is. Its application is the claim <c>azp</c> in tokens of version 2, <c>appid</c> in those of version 1.</summary>
    private static string? Stranger(ClaimsPrincipal principal, EventGridOptions settings)
    {
        var application = principal.FindFirst("azp") ?? principal.FindFirst("appid");
        if (!string.Equals(application?.Value, settings.ApplicationId, StringComparison.OrdinalIgnoreCase)) return "the token of another application";
        return principal.HasClaim("roles", Role) ? null : $"the token lacks the role {Role}";
    }

    private sealed record Checked(WebhookEntry Entry, string? Why);

    private static bool IsHandshake(HttpRequest request, EventGridOptions settings)
    {
        // The CloudEvents handshake names no subscription; what it grants is only that Event Grid may go on and post.
        if (HttpMethods.IsOptions(request.Method)) return settings.UsesEntraId;
        // Where there are keys, the registered address has one, and its handshake brings it along.
        return settings.UsesEntraId
            && !string.IsNullOrEmpty(settings.SubscriptionName)
            && string.Equals(request.Headers["aeg-event-type"], "SubscriptionValidation", StringComparison.OrdinalIgnoreCase)
            && string.Equals(request.Headers["aeg-subscription-name"], settings.SubscriptionName, StringComparison.OrdinalIgnoreCase);
    }
}
