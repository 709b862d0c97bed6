using Azure.Core;
using Microsoft.Extensions.Time.Testing;
using VoiceBridge.MediaGateway.Engines.VoiceLive;
using VoiceBridge.Testing;

namespace VoiceBridge.MediaGateway.Tests.Engines;

public sealed class VoiceLiveCredentialTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly Tokens _tokens = new();

    [Fact]
    public async Task TokenThatIsStillValid_ServesWhileTheIdentityServiceIsAway()
    {
        using var credential = new VoiceLiveCredential(_tokens, _time);
        _tokens.Expires = _time.GetUtcNow().AddMinutes(60);
        Assert.Equal("token 1", await credential.GetTokenAsync(TestContext.Current.CancellationToken));

        _tokens.IsAway = true;
        _time.Advance(TimeSpan.FromMinutes(56));
        Assert.Equal("token 1", await credential.GetTokenAsync(TestContext.Current.CancellationToken));

        _time.Advance(TimeSpan.FromMinutes(4));
        await Assert.ThrowsAnyAsync<Exception>(async () => await credential.GetTokenAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task TokenThatIsAboutToExpire_IsRenewedBesideItsUse()
    {
        using var credential = new VoiceLiveCredential(_tokens, _time);
        _tokens.Expires = _time.GetUtcNow().AddMinutes(60);
        await credential.GetTokenAsync(TestContext.Current.CancellationToken);
        _time.Advance(TimeSpan.FromMinutes(56));
        _tokens.Expires = _time.GetUtcNow().AddMinutes(60);

        await credential.GetTokenAsync(TestContext.Current.CancellationToken);

        await Eventually.True(async () => await credential.GetTokenAsync(TestContext.Current.CancellationToken) == "token 2", what: "the renewed token");
    }

    [Theory]
    [InlineData("60", 60)]
    [InlineData("0", 1)]
    [InlineData("300", 300)]
    [InlineData("3000", 300)]
    [InlineData("Sat, 28 Nov 2026 12:02:00 GMT", 120)]
    [InlineData("Sat, 28 Nov 2026 11:00:00 GMT", 1)]
    [InlineData("soon", null)]
    [InlineData(null, null)]
    public void RetryAfter_IsSecondsOrADate_WithinBounds(string? value, int? seconds) => Assert.Equal(
        seconds, (int?)VoiceLiveConnector.RetryAfter(value, new DateTimeOffset(2026, 11, 28, 12, 0, 0, TimeSpan.Zero))?.TotalSeconds);

    private sealed class Tokens : TokenCredential
    {
        private int _issued;

        public DateTimeOffset Expires { get; set; }

        public bool IsAway { get; set; }

        public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken) => throw new NotSupportedException();

        public override ValueTask<AccessToken> GetTokenAsync(TokenRequestContext requestContext, CancellationToken cancellationToken) =>
            IsAway ? throw new InvalidOperationException("away") : ValueTask.FromResult(new AccessToken($"token {++_issued}", Expires));
    }
}
