using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Tokens;
using VoiceBridge.ServiceDefaults.Access;

namespace VoiceBridge.CallControl.Phones.Acs.EventGrid;

/// <summary>Validates the Entra ID tokens that Event Grid sends to protected webhooks.</summary>
internal sealed class WebhookTokens(IOptions<EventGridOptions> settings, TimeProvider time) : IConfigureNamedOptions<JwtBearerOptions>
{
    public void Configure(JwtBearerOptions options) => Configure(WebhookAuthentication.Scheme, options);

    public void Configure(string? name, JwtBearerOptions options)
    {
        if (name != WebhookAuthentication.Scheme || !settings.Value.UsesEntraId) return;
        var tenant = settings.Value.TenantId!;
        var authority = $"{settings.Value.Authority.AbsoluteUri.TrimEnd('/')}/{tenant}/v2.0";
        options.MapInboundClaims = false;
        options.Authority = authority;
        options.RequireHttpsMetadata = !settings.Value.Authority.IsLoopback;
        // Calls that ring wait for the document.
        options.BackchannelTimeout = TimeSpan.FromSeconds(10);
        options.TokenValidationParameters.ValidAudience = settings.Value.Audience;
        options.TokenValidationParameters.ValidAlgorithms = [SecurityAlgorithms.RsaSha256];
        options.TokenValidationParameters.LifetimeValidator = TokenLifetime.By(time);
        // Which of the two token versions comes depends on the application's registration.
        options.TokenValidationParameters.ValidIssuers = [authority, $"https://sts.windows.net/{tenant}/"];
    }
}
