using VoiceBridge.Cluster.Admission;

namespace VoiceBridge.CallControl.Calls;

/// <summary>Keeps this replica's claim of one call while it is worked on.</summary>
internal sealed class ClaimKeeper : IAsyncDisposable
{
    /// <summary>How long a claim lasts without being renewed: how long a call rings on when its replica dies.</summary>
    public static readonly TimeSpan Lease = TimeSpan.FromSeconds(4);

    private readonly CancellationTokenSource _lost = new();
    private readonly CancellationTokenSource _done = new();
    private readonly Task _renewing;

    public ClaimKeeper(ClaimBook claims, string callId, string owner, TimeProvider time) =>
        _renewing = RenewAsync(claims, callId, owner, time);

    /// <summary>Fires when the claim has become another replica's.</summary>
    public CancellationToken Lost => _lost.Token;

    public async ValueTask DisposeAsync()
    {
        await _done.CancelAsync();
        await _renewing;
        _done.Dispose();
        _lost.Dispose();
    }

    private async Task RenewAsync(ClaimBook claims, string callId, string owner, TimeProvider time)
    {
        try
        {
            using var timer = new PeriodicTimer(Lease / 4, time);
            while (await timer.WaitForNextTickAsync(_done.Token))
            {
                var ours = true;
                // Without Redis nobody can take the claim either.
                await RedisAway.TryAsync(async () => ours = await claims.RenewAsync(callId, owner, Lease, _done.Token));
                if (ours) continue;
                await _lost.CancelAsync();
                return;
            }
        }
        catch (OperationCanceledException) when (_done.IsCancellationRequested)
        {
            // The call is answered or handed over.
        }
    }
}
