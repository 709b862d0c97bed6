using System.Collections.Concurrent;
using VoiceBridge.Cluster.Calls;

namespace VoiceBridge.CallControl.Calls.Work;

/// <summary>
/// The calls that this replica looks after. Each is leased, and all leases are renewed in one step each second, however long an operation takes: another replica takes a
/// call over only when this one is gone.
/// </summary>
internal sealed class CallLeases(DueCalls due, Replica replica, TimeProvider time) : BackgroundService
{
    /// <summary>How long a lease lasts without being renewed: how long a call is left alone when its replica dies.</summary>
    public static readonly TimeSpan Length = TimeSpan.FromSeconds(4);

    private readonly ConcurrentDictionary<string, CallLease> _held = new(StringComparer.Ordinal);

    /// <summary>Holds a call that was claimed or taken just now; null when this replica is at work on it already.</summary>
    public CallLease? TryHold(string callId)
    {
        var lease = new CallLease(callId, this);
        return _held.TryAdd(callId, lease) ? lease : null;
    }

    /// <summary>Whether this replica is at work on the call.</summary>
    public bool Holds(string callId) => _held.ContainsKey(callId);

    /// <summary>Forgets the lease, without a word to Redis.</summary>
    public void Drop(CallLease lease) => _held.TryRemove(KeyValuePair.Create(lease.CallId, lease));

    internal Task ReleaseAsync(CallLease lease)
    {
        Drop(lease);
        return RedisFailures.IgnoreAsync(() => due.ReleaseAsync(lease.CallId, replica.Id, lease.Finished, CancellationToken.None));
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Length / 4, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                // Without Redis nobody else can take them either.
                if (!_held.IsEmpty) await RedisFailures.IgnoreAsync(() => RenewAsync(stoppingToken));
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Stopped after the work that the leases are for.
        }
    }

    private async Task RenewAsync(CancellationToken cancellationToken)
    {
        var held = _held.Values.ToList();
        var lost = await due.RenewAsync(replica.Id, Length, [.. held.Select(lease => lease.CallId)], cancellationToken);
        foreach (var lease in held.IntersectBy(lost, lease => lease.CallId)) await lease.LoseAsync();
    }
}

/// <summary>This replica's lease of one call; renews itself until it is disposed.</summary>
internal sealed class CallLease(string callId, CallLeases leases) : IAsyncDisposable
{
    private readonly CancellationTokenSource _lost = new();

    public string CallId => callId;

    /// <summary>Fires when the call has become another replica's, or has ended.</summary>
    public CancellationToken Lost => _lost.Token;

    /// <summary>Whether what was to be done is done; otherwise the call is due at once, for whoever is there.</summary>
    public bool Finished { get; set; } = true;

    public Task LoseAsync() => _lost.CancelAsync();

    // Without a timer the source has nothing to dispose of, and somebody may still look at the token.
    public async ValueTask DisposeAsync() => await leases.ReleaseAsync(this);
}
