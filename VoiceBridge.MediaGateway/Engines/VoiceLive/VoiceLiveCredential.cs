using Azure.Core;

namespace VoiceBridge.MediaGateway.Engines.VoiceLive;

/// <summary>One credential for the process, with one token for all calls.</summary>
internal sealed class VoiceLiveCredential(TokenCredential credential, TimeProvider time) : IDisposable
{
    private static readonly TokenRequestContext Context = new(["https://ai.azure.com/.default"]);
    private static readonly TimeSpan RefreshBefore = TimeSpan.FromMinutes(5);

    private readonly SemaphoreSlim _asking = new(1, 1);
    private AccessToken _token;

    public async ValueTask<string> GetTokenAsync(CancellationToken cancellationToken)
    {
        if (IsFresh())
            return _token.Token;
        await _asking.WaitAsync(cancellationToken);
        try
        {
            if (!IsFresh())
                _token = await credential.GetTokenAsync(Context, cancellationToken);
            return _token.Token;
        }
        finally
        {
            _asking.Release();
        }
    }

    public void Dispose() => _asking.Dispose();

    private bool IsFresh() => _token.Token is not null && _token.ExpiresOn - RefreshBefore > time.GetUtcNow();
}
