using System.Globalization;
using VoiceBridge.Cluster.Admission;
using VoiceBridge.Cluster.Events;
using VoiceBridge.Cluster.Gateways;
using VoiceBridge.Cluster.Redis;

namespace VoiceBridge.CallControl.ClusterState;

/// <summary>The cluster as this replica saw it last. <paramref name="At"/>: when.</summary>
internal sealed record ClusterStatus(DateTimeOffset At, IReadOnlyList<GatewayView> Gateways, ClusterLoad Load);

/// <summary>
/// Looks at the cluster once a second: for dead gateways and the rule about them, for offline mode's share, and for those who ask for figures
/// while Redis is away.
/// </summary>
internal sealed partial class ClusterWatch(
    GatewayRegistry gateways, AdmissionQueue admission, HeartbeatRule rule, OfflineAllowance offline, RedisMemory memory, ClusterEvents events,
    ClusterLog log, Replica replica, TimeProvider time, ILogger<ClusterWatch> logger)
    : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan MemoryInterval = TimeSpan.FromMinutes(1);

    /// <summary>The share of its memory from which on operators are told.</summary>
    private const double MaxMemory = 0.8;

    private DateTimeOffset _memoryAt;
    private DateTimeOffset? _awaySince;
    private readonly HashSet<string> _recorded = new(StringComparer.Ordinal);
    private readonly HashSet<string> _abandoned = new(StringComparer.Ordinal);

    /// <summary>The last sight, or null before the first.</summary>
    public ClusterStatus? Last { get; private set; }

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
            var (load, replicas) = await admission.AnnounceReplicaAsync(replica.Id, cancellationToken);
            Last = new ClusterStatus(time.GetUtcNow(), seen, load);
            rule.RecordSighting(seen);
            if (!load.Settling) offline.Refresh(load, replicas);
            if (!Reachable) Log.Reachable(logger, seen.Count, load.Capacity);
            Reachable = true;
            await RecordOutageAsync(cancellationToken);
            await RecordDeathsAsync(seen, cancellationToken);
            await AbandonDeadAsync(seen, cancellationToken);
            await WatchMemoryAsync(cancellationToken);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            // Whatever it was: as long as the cluster cannot be seen, nothing is known of it.
            rule.RecordOutage();
            if (Last is { } last) _awaySince ??= last.At;
            if (Reachable || Last is null) Log.Away(logger, exception.GetType().Name);
            Reachable = false;
        }
    }

    /// <summary>For how long Redis did not answer. Each replica knows of it; the first one says so.</summary>
    private async Task RecordOutageAsync(CancellationToken cancellationToken)
    {
        if (_awaySince is not { } since) return;
        var seconds = Math.Max(1, Math.Round((time.GetUtcNow() - since).TotalSeconds));
        await log.AddAsync(ClusterLogKind.RedisBack, cancellationToken, detail: seconds.ToString(CultureInfo.InvariantCulture), at: since, once: true);
        _awaySince = null;
    }

    private async Task RecordDeathsAsync(IReadOnlyList<GatewayView> seen, CancellationToken cancellationToken)
    {
        var dead = seen.Where(gateway => gateway.State is GatewayState.Dead).Select(gateway => gateway.Heartbeat.GatewayId).ToList();
        _recorded.IntersectWith(dead);
        if (!rule.IsSteady) return;
        foreach (var gatewayId in dead.Where(_recorded.Add)) await gateways.RecordDeathAsync(gatewayId, cancellationToken);
    }

    /// <summary>The calls of gateways that are dead are due: once for each death, by whoever sees it; a second time finds nothing.</summary>
    private async Task AbandonDeadAsync(IReadOnlyList<GatewayView> seen, CancellationToken cancellationToken)
    {
        _abandoned.IntersectWith(seen.Where(gateway => gateway.State is GatewayState.Dead).Select(gateway => gateway.Heartbeat.GatewayId));
        foreach (var dead in seen.Where(gateway => gateway.State is GatewayState.Dead).Select(gateway => gateway.Heartbeat.GatewayId))
        {
            if (_abandoned.Contains(dead) || !rule.CanDeclareLost(dead)) continue;
            var calls = await gateways.AbandonCallsAsync(dead, cancellationToken);
            _abandoned.Add(dead);
            if (calls > 0) Log.GatewayDead(logger, dead, calls);
        }
    }

    private async Task WatchMemoryAsync(CancellationToken cancellationToken)
    {
        if (time.GetUtcNow() < _memoryAt) return;
        _memoryAt = time.GetUtcNow() + MemoryInterval;
        if (await memory.UsedAsync(cancellationToken) is not { } used || used < MaxMemory) return;
        Log.AlmostFull(logger, 100 * used);
        await events.PublishAsync(new ClusterEvent("alert", Detail: $"Redis is {100 * used:F0} % full; when it is full, every new call is busy"), cancellationToken);
    }

    private static partial class Log
    {
        [LoggerMessage(1114, LogLevel.Error, "Redis is {Percent:F0} % full. It evicts nothing: when it is full, every new call is busy. Transcripts:Keep and Transcripts:Retention are what fills it")]
        public static partial void AlmostFull(ILogger logger, double percent);

        [LoggerMessage(1113, LogLevel.Warning, "Gateway {GatewayId} is dead; its {Calls} calls are looked after")]
        public static partial void GatewayDead(ILogger logger, string gatewayId, int calls);

        [LoggerMessage(1111, LogLevel.Information, "The cluster is in sight: {Gateways} gateways, capacity {Capacity}")]
        public static partial void Reachable(ILogger logger, int gateways, int capacity);

        [LoggerMessage(1112, LogLevel.Error, "The cluster is out of sight, calls are admitted offline: {Reason}")]
        public static partial void Away(ILogger logger, string reason);
    }
}
