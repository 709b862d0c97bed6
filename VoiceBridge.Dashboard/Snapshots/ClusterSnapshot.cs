using System.Collections.Concurrent;
using VoiceBridge.Cluster.Admission;
using VoiceBridge.Cluster.Calls;
using VoiceBridge.Cluster.Gateways;
using VoiceBridge.Dashboard.Alerts;

namespace VoiceBridge.Dashboard.Snapshots;

/// <summary>The cluster at one moment, as it was read from Redis. Immutable: all open pages render from the same one.</summary>
public sealed record ClusterSnapshot
{
    private readonly ConcurrentDictionary<TimeRange, RangeView> _ranges = new();

    /// <summary>Before the first reading.</summary>
    public static ClusterSnapshot Empty { get; } = new();

    /// <summary>When it was read; the default before the first reading.</summary>
    public DateTimeOffset At { get; init; }

    /// <summary>Since when Redis does not answer; null while it does. The rest is then what was last known.</summary>
    public DateTimeOffset? StaleSince { get; init; }

    public IReadOnlyList<GatewayView> Gateways { get; init; } = [];
    public IReadOnlyList<CallRecord> Live { get; init; } = [];
    public IReadOnlyList<CallRecord> Recent { get; init; } = [];

    /// <summary>When <see cref="Recent"/> was read: less often than the rest.</summary>
    public DateTimeOffset RecentAt { get; init; }

    public ClusterLoad Load { get; init; } = new(0, 0, 0, 0);
    public IReadOnlyList<EndpointBudget> Budgets { get; init; } = [];

    /// <summary>The last 24 h, one entry per minute, oldest first.</summary>
    public IReadOnlyList<MinuteStats> Minutes { get; init; } = [];

    public IReadOnlyList<Alert> Alerts { get; init; } = [];

    /// <summary>Whether anything was ever read.</summary>
    public bool IsKnown => At != default;

    /// <summary>How the cluster is, in one word.</summary>
    public Health Health => StaleSince is not null || !IsKnown ? Health.Stale
        : Alerts.Count == 0 ? Health.Healthy
        : (Health)Alerts.Max(alert => (int)alert.Health);

    /// <summary>The counters over a range; computed once, by the first page that asks.</summary>
    public RangeView Over(TimeRange range) => _ranges.GetOrAdd(range, static (wanted, self) => RangeView.Of(self, wanted), this);

    /// <summary>The last minutes of <see cref="Minutes"/>.</summary>
    public IReadOnlyList<MinuteStats> Last(TimeSpan span)
    {
        var count = Math.Min(Minutes.Count, (int)span.TotalMinutes);
        return count == Minutes.Count ? Minutes : [.. Minutes.Skip(Minutes.Count - count)];
    }
}
