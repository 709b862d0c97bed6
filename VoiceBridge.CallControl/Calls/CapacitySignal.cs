using VoiceBridge.Cluster.Calls;
using VoiceBridge.Cluster.Events;

namespace VoiceBridge.CallControl.Calls;

/// <summary>Wakes calls that wait for a slot when a connection, a gateway or a call has changed somewhere in the cluster.</summary>
internal sealed class CapacitySignal(ClusterEvents events, TimeProvider time) : BackgroundService
{
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(50);
    private volatile TaskCompletionSource _next = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _changed;

    /// <summary>Completes at the next change.</summary>
    public Task Next => _next.Task;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        IAsyncDisposable? subscription = null;
        try
        {
            // Changes come in bursts, and each wakes everybody: not more often than this.
            using var pace = new PeriodicTimer(Pace, time);
            var again = DateTimeOffset.MinValue;
            while (await pace.WaitForNextTickAsync(stoppingToken))
            {
                if (subscription is null && time.GetUtcNow() >= again)
                {
                    await RedisAway.TryAsync(async () => subscription = await events.SubscribeAsync(Handle, stoppingToken));
                    again = time.GetUtcNow() + TimeSpan.FromSeconds(1);
                }

                if (!_changed) continue;
                _changed = false;
                Interlocked.Exchange(ref _next, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The process stops.
        }
        finally
        {
            if (subscription is not null) await RedisAway.TryAsync(async () => await subscription.DisposeAsync());
        }
    }

    private void Handle(ClusterEvent change)
    {
        if (change.Kind is "connection" or "gateway" || change is { Kind: "call", Detail: nameof(CallState.Ended) or nameof(CallState.Rejected) })
            _changed = true;
    }
}
