using System.Net;
using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;

namespace VoiceBridge.Dashboard.Access;

/// <summary>
/// Development without Entra ID: whoever sits at this machine is an operator, everybody else is nobody. The Host header must
/// name loopback too, or a web page elsewhere could reach in through a name that it points at 127.0.0.1.
/// </summary>
internal sealed class LoopbackAuthentication(
    IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder, IHostEnvironment environment)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    public new const string Scheme = "Loopback";

    protected override Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (!environment.IsDevelopment()) return Task.FromResult(AuthenticateResult.Fail("Open in Development only."));
        if (Context.Connection.RemoteIpAddress is not { } address || !IPAddress.IsLoopback(address) || !IsLoopbackName(Request.Host.Host))
            return Task.FromResult(AuthenticateResult.Fail("Open on loopback only."));
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

    internal static bool IsLoopbackName(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || host.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));
}
