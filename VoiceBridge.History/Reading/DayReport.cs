using VoiceBridge.Cluster.Series;
using VoiceBridge.History.Records;

namespace VoiceBridge.History.Reading;

/// <summary>The figures of some calls: of one day, of one agent, or of all of a span.</summary>
public sealed class DayReport
{
    private readonly IReadOnlyDictionary<string, long> _counters;

    internal DayReport(IReadOnlyDictionary<string, long> counters) => _counters = counters;

    public long Calls => this[DayNames.Calls];

    public long Answered => this[DayNames.Answered];

    public long Busy => this[DayNames.Busy];

    public long Missed => this[DayNames.Missed];

    public long Redirected => this[DayNames.Redirected];

    /// <summary>Calls that could not be answered or were cut off, as on the overview.</summary>
    public long Failed => this[DayNames.Failed];

    /// <summary>Those of <see cref="Failed"/> that were answered before.</summary>
    public long CutOff => this[DayNames.CutOff];

    /// <summary>Calls that were answered and not cut off, of those whose fate is known, as on the overview.</summary>
    public double? AnswerRate => Answered + Busy + Missed + (Failed - CutOff) is > 0 and var known ? Math.Max(0, (double)(Answered - CutOff) / known) : null;

    /// <summary>How often each reason ended a call, the most frequent first.</summary>
    public IReadOnlyList<KeyValuePair<string, long>> Reasons =>
    [
        .. _counters.Where(counter => counter.Key.StartsWith(DayNames.Reason, StringComparison.Ordinal) && counter.Value > 0)
            .Select(counter => KeyValuePair.Create(counter.Key[DayNames.Reason.Length..], counter.Value))
            .OrderByDescending(reason => reason.Value).ThenBy(reason => reason.Key, StringComparer.Ordinal),
    ];

    /// <summary>How long people were on the line, together.</summary>
    public TimeSpan TotalDuration => TimeSpan.FromMilliseconds(this[DayNames.DurationMs]);

    public TimeSpan? MeanDuration => Answered > 0 ? TotalDuration / Answered : null;

    public long Turns => this[DayNames.Turns];

    public long Moves => this[DayNames.Moves];

    public long Transfers => this[DayNames.Transfers];

    public long TokensIn => this[DayNames.TokensIn];

    public long TokensOut => this[DayNames.TokensOut];

    public decimal Cost => this[DayNames.CostBillionths] / 1_000_000_000m;

    private long this[string name] => _counters.GetValueOrDefault(name);

    /// <summary>The seconds that the share <paramref name="quantile"/> of the calls was not longer than: the upper bound of its bucket.</summary>
    public int? DurationSeconds(double quantile) => DurationBuckets.Percentile(_counters, quantile);

    /// <summary>From ringing to answering, in ms: the upper bound of its bucket.</summary>
    public double? AnswerMs(double quantile) => Latency(DayNames.AnswerLatency, quantile);

    /// <summary>From answering to the agent's first audio, in ms: the upper bound of its bucket.</summary>
    public double? FirstAudioMs(double quantile) => Latency(DayNames.FirstAudioLatency, quantile);

    private double? Latency(string series, double quantile) =>
        LatencyBuckets.Percentile([new SeriesMinute(DateTimeOffset.UnixEpoch, _counters)], series, quantile);
}
