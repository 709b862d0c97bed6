using Azure.Core;

namespace VoiceBridge.MediaGateway.Engines.VoiceLive;

/// <summary>One credential for the process, with one token for all calls. A token that is about to expire is used while it is renewed, and as long as it is
/// valid when it cannot be.</summary>
internal sealed class VoiceLiveCredential(TokenCredential credential, TimeProvider time) : IDisposable
{
    private static readonly TokenRequestContext Context = new(["https://ai.azure.com/.default"]);
    private static readonly TimeSpan RefreshBefore = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan RefreshTime = TimeSpan.FromSeconds(30);

    // Tokens end up to so much earlier by the service's clock.
    private static readonly TimeSpan ClockSkew = TimeSpan.FromSeconds(30);

    private readonly SemaphoreSlim _asking = new(1, 1);
    private volatile Held? _held;

    public async ValueTask<string> GetTokenAsync(CancellationToken cancellationToken)
    {
        if (_held is { } held && held.Token.ExpiresOn - ClockSkew > time.GetUtcNow())
        {
            if (!IsFresh(held))
                _ = RefreshAsync();
            return held.Token.Token;
        }
        await _asking.WaitAsync(cancellationToken);
        try
        {
            if (!IsFresh(_held))
                _held = new Held(await credential.GetTokenAsync(Context, cancellationToken));
            return _held!.Token.Token;
        }
        finally
        {
            _asking.Release();
        }
    }

    public void Dispose() => _asking.Dispose();

    /// <summary>One at a time; what fails is tried again with the next session.</summary>
    private async Task RefreshAsync()
    {
        if (!_asking.Wait(0))
            return;
        try
        {
            using var deadline = new CancellationTokenSource(RefreshTime, time);
            _held = new Held(await credential.GetTokenAsync(Context, deadline.Token));
        }
        catch (Exception)
        {
            // The token is still good.
        }
        finally
        {
            _asking.Release();
        }
    }

    private bool IsFresh(Held? held) => held is not null && held.Token.ExpiresOn - RefreshBefore > time.GetUtcNow();

    private sealed record Held(AccessToken Token);
}
