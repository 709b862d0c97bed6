using VoiceBridge.Dashboard.Snapshots;

namespace VoiceBridge.Dashboard.Api;

/// <summary>The body of <c>GET /api/cluster</c>.</summary>
internal sealed record ClusterReport
{
    /// <summary>When it was read from Redis; null before the first reading.</summary>
    public DateTimeOffset? At { get; init; }

    /// <summary>Since when Redis does not answer; null while it does.</summary>
    public DateTimeOffset? StaleSince { get; init; }

    /// <summary>healthy, info, degraded, failed or stale.</summary>
    public required string Health { get; init; }

    public required IReadOnlyList<AlertReport> Alerts { get; init; }
    public required LoadReport Calls { get; init; }
    public required IReadOnlyList<GatewayReport> Gateways { get; init; }
    public required IReadOnlyList<BudgetReport> VoiceLive { get; init; }
    public required IReadOnlyList<CallReport> LiveCalls { get; init; }
    public required FiguresReport Last15Minutes { get; init; }
    public required FiguresReport LastHour { get; init; }
    public required FiguresReport LastDay { get; init; }
}

internal sealed record AlertReport(string Health, string Text, DateTimeOffset? At, DateTimeOffset? Until);

internal sealed record LoadReport(int Active, int Reserved, int Waiting, int Capacity);

internal sealed record GatewayReport(
    string GatewayId, string State, int Active, int Capacity, string Version, double CpuPercent, long MemoryBytes, DateTimeOffset StartedAt, long HeartbeatAgeMs);

internal sealed record BudgetReport(string Endpoint, int UsedLast60Seconds, int PerMinute, int HealthyOnGateways, int KnownToGateways);

/// <summary>A live call; the caller is shown as <c>Privacy:CallerId</c> says.</summary>
internal sealed record CallReport(
    string CallId, string CorrelationId, string Caller, string Type, string State, string Media, string? Agent, string? GatewayId,
    DateTimeOffset RangAt, DateTimeOffset? ConnectedAt, double? FirstAudioMs, int Turns, decimal Cost);

internal sealed record LatencyReport(double? P50Ms, double? P95Ms, double? P99Ms);

/// <summary>Counters over a span.</summary>
internal sealed record FiguresReport(
    long Offered, long Answered, long Busy, long Missed, long Failed, long Ended, double? AnswerRate, IReadOnlyDictionary<string, long> EndReasons,
    LatencyReport AdmissionWait, LatencyReport FirstAudio, LatencyReport Turn, long TokensIn, long TokensOut, decimal Cost)
{
    public static FiguresReport Of(Figures figures) => new(
        figures.Counts.Offered, figures.Counts.Answered, figures.Counts.Busy, figures.Counts.Missed, figures.Counts.Failed, figures.Counts.Ended, figures.Counts.AnswerRate,
        figures.Reasons.ToDictionary(reason => reason.Key, reason => reason.Value),
        Of(figures.Admission), Of(figures.FirstAudio), Of(figures.Turn), figures.Counts.TokensIn, figures.Counts.TokensOut, figures.Counts.Cost);

    private static LatencyReport Of(Latency latency) => new(latency.P50, latency.P95, latency.P99);
}
