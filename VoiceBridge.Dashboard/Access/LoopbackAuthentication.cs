using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;
using VoiceBridge.ServiceDefaults.Access;

namespace VoiceBridge.Dashboard.Access;

/// <summary>
/// Development without Entra ID: whoever sits at this machine is an operator, everybody else is nobody, a web page elsewhere and whoever comes
/// through a tunnel included.
/// </summary>
internal sealed class LoopbackAuthentication(
    IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder, IHostEnvironment environment)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    public new const string Scheme = "Loopback";

    protected override Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (!environment.IsDevelopment()) return Task.FromResult(AuthenticateResult.Fail("Open in Development only."));
        if (!LocalRequest.IsLocal(Context)) return Task.FromResult(AuthenticateResult.Fail("Open on loopback only."));
        var identity = new ClaimsIdentity(
            [new Claim(ClaimTypes.Name, "Local developer"), new Claim(ClaimTypes.Role, Policies.OperatorRole)], Scheme);
        return Task.FromResult(AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(identity), Scheme)));
    }

    protected override async Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        Response.StatusCode = StatusCodes.Status403Forbidden;
        Response.ContentType = "text/plain; charset=utf-8";
        await Response.WriteAsync("The dashboard has no sign-in configured (AzureAd:ClientId) and is therefore open in Development on loopback only.", Context.RequestAborted);
    }
}
