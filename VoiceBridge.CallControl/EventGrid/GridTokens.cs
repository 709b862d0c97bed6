using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.Extensions.Options;

namespace VoiceBridge.CallControl.EventGrid;

/// <summary>Validates the Entra ID tokens that Event Grid sends to protected webhooks.</summary>
internal sealed class GridTokens(IOptions<EventGridOptions> settings) : IConfigureNamedOptions<JwtBearerOptions>
{
    public void Configure(JwtBearerOptions options) => Configure(GridAccess.Scheme, options);

    public void Configure(string? name, JwtBearerOptions options)
    {
        if (name != GridAccess.Scheme || !settings.Value.UsesEntraId) return;
        var tenant = settings.Value.TenantId!;
        options.MapInboundClaims = false;
        options.Authority = $"https://login.microsoftonline.com/{tenant}/v2.0";
        options.TokenValidationParameters.ValidAudience = settings.Value.Audience;
        // Which of the two token versions comes depends on the application's registration.
        options.TokenValidationParameters.ValidIssuers =
            [$"https://login.microsoftonline.com/{tenant}/v2.0", $"https://sts.windows.net/{tenant}/"];
    }
}
