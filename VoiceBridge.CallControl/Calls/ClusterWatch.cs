using VoiceBridge.Cluster.Admission;
using VoiceBridge.Cluster.Gateways;

namespace VoiceBridge.CallControl.Calls;

/// <summary>The cluster as this replica saw it last. <paramref name="At"/>: when.</summary>
internal sealed record ClusterSight(DateTimeOffset At, IReadOnlyList<GatewayView> Gateways, ClusterLoad Load);

/// <summary>
/// Looks at the cluster once a second: for the rule about lapsed heartbeats, for blind mode's share, and for those who ask for figures
/// while Redis is away.
/// </summary>
internal sealed partial class ClusterWatch(
    GatewayRegistry gateways, AdmissionDesk desk, HeartbeatRule rule, BlindShare blind, TimeProvider time, ILogger<ClusterWatch> logger)
    : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    /// <summary>The last sight, or null before the first.</summary>
    public ClusterSight? Last { get; private set; }

    /// <summary>Whether Redis answered when it was last looked at.</summary>
    public bool Reachable { get; private set; }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        do
        {
            await LookAsync(stoppingToken);
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private async Task LookAsync(CancellationToken cancellationToken)
    {
        try
        {
            var seen = await gateways.ListAsync(cancellationToken);
            var load = await desk.LoadAsync(cancellationToken);
            Last = new ClusterSight(time.GetUtcNow(), seen, load);
            rule.Saw(seen);
            if (!load.Settling) blind.Refresh(load);
            if (!Reachable) Log.Reachable(logger, seen.Count, load.Capacity);
            Reachable = true;
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            // Whatever it was: as long as the cluster cannot be seen, nothing is known of it.
            rule.SawNothing();
            if (Reachable || Last is null) Log.Away(logger, exception.GetType().Name);
            Reachable = false;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1111, LogLevel.Information, "The cluster is in sight: {Gateways} gateways, capacity {Capacity}")]
        public static partial void Reachable(ILogger logger, int gateways, int capacity);

        [LoggerMessage(1112, LogLevel.Error, "The cluster is out of sight, calls are admitted blindly: {Reason}")]
        public static partial void Away(ILogger logger, string reason);
    }
}
