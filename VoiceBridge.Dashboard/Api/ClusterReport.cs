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

    /// <summary>Whether callers are served now, and what to do if not.</summary>
    public required VerdictReport Verdict { get; init; }

    /// <summary>When Redis last lost everything, within the last day.</summary>
    public DateTimeOffset? EmptiedAt { get; init; }

    /// <summary>What is wrong beside the verdict.</summary>
    public required IReadOnlyList<AlertReport> Alerts { get; init; }

    /// <summary>What happened in the last hour, the latest first.</summary>
    public required IReadOnlyList<PastEventReport> Events { get; init; }

    public required LoadReport Calls { get; init; }
    public required IReadOnlyList<GatewayReport> Gateways { get; init; }
    public required IReadOnlyList<BudgetReport> VoiceLive { get; init; }
    public required IReadOnlyList<CallReport> LiveCalls { get; init; }
    public required FiguresReport Last15Minutes { get; init; }
    public required FiguresReport LastHour { get; init; }
    public required FiguresReport LastDay { get; init; }
}

/// <summary>severity is info, warning or critical: critical means that new callers are not served, or that calls are being lost.</summary>
internal sealed record VerdictReport(string Severity, string Headline, string Detail, DateTimeOffset? Since, DateTimeOffset? Until);

/// <summary>What is over has overSince.</summary>
internal sealed record AlertReport(string Severity, string Text, DateTimeOffset? At, DateTimeOffset? Until, DateTimeOffset? OverSince);

internal sealed record PastEventReport(DateTimeOffset At, string Kind, string Subject, string? Who, long Count, string Severity, string Text);

internal sealed record LoadReport(int Active, int Reserved, int Waiting, int Capacity);

/// <summary>Those that died within the last hour, state dead, are among them: diedAt is when they were last heard of.</summary>
internal sealed record GatewayReport(
    string GatewayId, string Name, string State, int Active, int Capacity, string Version, double CpuPercent, long MemoryBytes, DateTimeOffset StartedAt, long HeartbeatAgeMs, DateTimeOffset? DiedAt);

internal sealed record BudgetReport(string Endpoint, int UsedLast60Seconds, int PerMinute, int HealthyOnGateways, int KnownToGateways);

/// <summary>A live call; the caller is shown as <c>Privacy:CallerId</c> says.</summary>
internal sealed record CallReport(
    string CallId, string CorrelationId, string Caller, string Type, string State, string Media, string? Agent, string? GatewayId,
    DateTimeOffset RangAt, DateTimeOffset? ConnectedAt, double? FirstAudioMs, int Turns, decimal Cost);

internal sealed record LatencyReport(double? P50Ms, double? P95Ms, double? P99Ms);

/// <summary>Counters over a span.</summary>
internal sealed record FiguresReport(
    long Offered, long Answered, long Busy, long Missed, long Failed, long CutOff, long Ended, double? AnswerRate, IReadOnlyDictionary<string, long> EndReasons,
    LatencyReport AdmissionWait, LatencyReport FirstAudio, LatencyReport Turn, long TokensIn, long TokensOut, decimal Cost)
{
    public static FiguresReport Of(Figures figures) => new(
        figures.Counts.Offered, figures.Counts.Answered, figures.Counts.Busy, figures.Counts.Missed, figures.Counts.Failed, figures.Counts.CutOff, figures.Counts.Ended, figures.Counts.AnswerRate,
        figures.Reasons.ToDictionary(reason => reason.Key, reason => reason.Value),
        Of(figures.Admission), Of(figures.FirstAudio), Of(figures.Turn), figures.Counts.TokensIn, figures.Counts.TokensOut, figures.Counts.Cost);

    private static LatencyReport Of(Latency latency) => new(latency.P50, latency.P95, latency.P99);
}
