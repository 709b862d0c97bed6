using System.Collections.Concurrent;
using VoiceBridge.Dashboard.Presentation;
using VoiceBridge.Cluster.Admission;
using VoiceBridge.Cluster.Calls;
using VoiceBridge.Cluster.Events;
using VoiceBridge.Cluster.Gateways;

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

    /// <summary>The gateways that live, and those that died within the last hour (<see cref="GatewayView.DiedAt"/>).</summary>
    public IReadOnlyList<GatewayView> Gateways { get; init; } = [];

    /// <summary>Those of <see cref="Gateways"/> that are not dead.</summary>
    public IEnumerable<GatewayView> Living => Gateways.Where(gateway => gateway.State is not GatewayState.Dead);

    public IReadOnlyList<CallRecord> Live { get; init; } = [];
    public IReadOnlyList<CallRecord> Recent { get; init; } = [];

    /// <summary>When <see cref="Recent"/> was read: less often than the rest.</summary>
    public DateTimeOffset RecentAt { get; init; }

    public ClusterLoad Load { get; init; } = new(0, 0, 0, 0);
    public IReadOnlyList<EndpointBudget> Budgets { get; init; } = [];

    /// <summary>The last 24 h, one entry per minute, oldest first.</summary>
    public IReadOnlyList<MinuteStats> Minutes { get; init; } = [];

    public IReadOnlyList<Alert> Alerts { get; init; } = [];

    /// <summary>The cluster's log of the last day, the earliest first, as it was written.</summary>
    internal IReadOnlyList<ClusterLogEntry> Log { get; init; } = [];

    /// <summary>What happened in the last hour, the latest first.</summary>
    public IReadOnlyList<PastEvent> Events { get; init; } = [];

    /// <summary>When Redis last lost everything, within the last day; null when it did not. Calls, counts and events from before are missing or too few.</summary>
    public DateTimeOffset? EmptiedAt { get; init; }

    /// <summary>Whether callers are served now, and what to do if not.</summary>
    public Verdict Verdict => VerdictRules.Of(this);

    /// <summary>Whether anything was ever read.</summary>
    public bool IsKnown => At != default;

    /// <summary>How the cluster is, in one word.</summary>
    public Health Health => StaleSince is not null || !IsKnown ? Health.Stale
        : Alerts.Select(alert => alert.Severity).Append(Verdict.Severity).Max() switch
        {
            Severity.Critical => Health.Failed,
            Severity.Warning => Health.Degraded,
            _ => Health.Healthy,
        };

    /// <summary>The counters over a range; computed once, by the first page that asks.</summary>
    public RangeView Over(TimeRange range) => _ranges.GetOrAdd(range, static (wanted, self) => RangeView.Of(self, wanted), this);

    /// <summary>The last minutes of <see cref="Minutes"/>.</summary>
    public IReadOnlyList<MinuteStats> Last(TimeSpan span)
    {
        var count = Math.Min(Minutes.Count, (int)span.TotalMinutes);
        return count == Minutes.Count ? Minutes : [.. Minutes.Skip(Minutes.Count - count)];
    }
}
