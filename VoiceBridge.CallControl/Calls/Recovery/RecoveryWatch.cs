using System.Collections.Concurrent;
using VoiceBridge.Cluster.Calls;
using VoiceBridge.Cluster.Gateways;

namespace VoiceBridge.CallControl.Calls.Recovery;

/// <summary>
/// Finds calls without media: reported by the phone service or by a gateway, and those that no gateway announces any more, where
/// <see cref="HeartbeatRule"/> lets that count.
/// </summary>
internal sealed partial class RecoveryWatch(
    CallStore calls, CallRecovery recovery, HeartbeatRule rule, ClusterWatch watch, CallEnds ends, CallWork work, TimeProvider time,
    ILogger<RecoveryWatch> logger)
    : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    /// <summary>Time for the notice that the call has simply ended.</summary>
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(1.5);

    /// <summary>A browser's call without a socket is over; its gateway says so, unless it died.</summary>
    private static readonly TimeSpan WebPatience = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan LapsedInterval = TimeSpan.FromSeconds(3);

    private DateTimeOffset _nextForLapsed;
    private readonly ConcurrentDictionary<string, byte> _recovering = new(StringComparer.Ordinal);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken, work.Stopping);
        using var timer = new PeriodicTimer(Interval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(either.Token))
            {
                try
                {
                    await LookAsync(either.Token);
                }
                catch (Exception exception) when (exception is not OperationCanceledException)
                {
                    if (!RedisAway.Is(exception)) Log.Failed(logger, exception);
                }
            }
        }
        catch (OperationCanceledException) when (either.IsCancellationRequested)
        {
            // Other replicas watch on.
        }
    }

    private async Task LookAsync(CancellationToken cancellationToken)
    {
        if (IsTimeForLapsed()) await LookForLapsedAsync(cancellationToken);
        foreach (var call in await calls.ListMediaLostAsync(Settling, cancellationToken))
        {
            if (call.Type != "acs")
            {
                if (time.GetUtcNow() - call.MediaLostAt > WebPatience)
                    await ends.EndAsync(call.CallId, CallState.Ended, EndReason.CallerHungUp, cancellationToken);
                continue;
            }

            // Not answered yet, or never: nothing to bring back.
            if (call.State is not CallState.Connected && call.CallConnectionId is null) continue;
            if (!_recovering.TryAdd(call.CallId, 0)) continue;
            work.Start(call.CallId, async () =>
            {
                try
                {
                    await recovery.RunAsync(call);
                }
                finally
                {
                    _recovering.TryRemove(call.CallId, out _);
                }
            });
        }
    }

    /// <summary>Reads every live call, so not at each look unless a gateway is known to be silent.</summary>
    private bool IsTimeForLapsed()
    {
        var now = time.GetUtcNow();
        if (now < _nextForLapsed && watch.Last?.Gateways.Any(g => g.State is GatewayState.Dead) != true) return false;
        _nextForLapsed = now + LapsedInterval;
        return true;
    }

    private async Task LookForLapsedAsync(CancellationToken cancellationToken)
    {
        foreach (var call in await calls.ListLapsedAsync(cancellationToken))
        {
            if (call.GatewayId is not { } gateway || !rule.MayTakeForLost(gateway)) continue;
            if (await calls.MarkMediaLapsedAsync(call.CallId, call.ConnectionId, cancellationToken)) Log.NotAnnounced(logger, call.CallId, gateway);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1511, LogLevel.Error, "Could not look for calls without media")]
        public static partial void Failed(ILogger logger, Exception exception);

        [LoggerMessage(1512, LogLevel.Warning, "Call {CallId} is not announced any more by its gateway {GatewayId}")]
        public static partial void NotAnnounced(ILogger logger, string callId, string gatewayId);
    }
}
