using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Server;

namespace VoiceBridge.Dashboard.Access;

/// <summary>
/// A page that stays open keeps the identity that it was opened with. After some hours it has to be shown again, so that a role
/// that was taken away does not live on in an open tab.
/// </summary>
internal sealed class SignedInForSoLong(ILoggerFactory loggers, TimeProvider time) : RevalidatingServerAuthenticationStateProvider(loggers)
{
    private static readonly TimeSpan Longest = TimeSpan.FromHours(8);
    private readonly DateTimeOffset _since = time.GetUtcNow();

    protected override TimeSpan RevalidationInterval => TimeSpan.FromMinutes(5);

    protected override Task<bool> ValidateAuthenticationStateAsync(AuthenticationState authenticationState, CancellationToken cancellationToken) =>
        Task.FromResult(time.GetUtcNow() - _since < Longest || authenticationState.User.Identity?.AuthenticationType == LoopbackAuthentication.Scheme);
}
