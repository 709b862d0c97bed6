using System.Globalization;
using VoiceBridge.Cluster.Series;

namespace VoiceBridge.Dashboard.Snapshots;

/// <summary>
/// One minute's counters, taken apart once: a day has 1,440 of them and charts add them up twice a second.
/// </summary>
public sealed record MinuteStats
{
    private const string BucketMark = ":le:";
    private const string ReasonPrefix = "end:";
    private const decimal Micros = 1_000_000m;

    public required DateTimeOffset Minute { get; init; }
    public Counts Counts { get; init; } = new();

    /// <summary>Nothing is known of this minute: the cluster did not run, or Redis has lost it. A gap, not a zero.</summary>
    public bool IsGap { get; init; }

    public IReadOnlyList<KeyValuePair<string, long>> Reasons { get; init; } = [];
    public IReadOnlyList<LatencyCount> FirstAudio { get; init; } = [];
    public IReadOnlyList<LatencyCount> Turn { get; init; } = [];
    public IReadOnlyList<LatencyCount> Admission { get; init; } = [];

    /// <summary>What had been counted in this minute when Redis lost it; null when it did not.</summary>
    internal MinuteStats? Lost { get; init; }

    /// <summary>
    /// This minute as it was read now, where <paramref name="known"/> was read before. Counters only grow: where one has not, Redis was emptied meanwhile, and what was known counts too.
    /// </summary>
    internal MinuteStats After(MinuteStats? known)
    {
        var lost = known?.Lost ?? (known is not null && HasLessThan(known) ? known : null);
        return lost is null ? this : this with
        {
            Lost = lost,
            IsGap = false,
            Counts = lost.Counts + Counts,
            Reasons = [.. lost.Reasons, .. Reasons],
            FirstAudio = [.. lost.FirstAudio, .. FirstAudio],
            Turn = [.. lost.Turn, .. Turn],
            Admission = [.. lost.Admission, .. Admission],
        };
    }

    private bool HasLessThan(MinuteStats known) =>
        Counts.Offered < known.Counts.Offered || Counts.Answered < known.Counts.Answered || Counts.Ended < known.Counts.Ended || Counts.Failed < known.Counts.Failed
        || Counts.TokensIn < known.Counts.TokensIn || Counts.ActiveMax < known.Counts.ActiveMax;

    public static MinuteStats Of(SeriesMinute minute)
    {
        ArgumentNullException.ThrowIfNull(minute);
        return new MinuteStats
        {
            Minute = minute.Minute,
            IsGap = minute.Counters.Count == 0,
            Counts = new Counts
            {
                Offered = minute["offered"],
                Answered = minute["answered"],
                Busy = minute["rejected_busy"] + minute["redirected"],
                Missed = minute["missed"],
                Failed = minute["failed"],
                CutOff = minute["cut_off"],
                Ended = minute["ended"],
                ActiveMax = minute["active_max"],
                WaitingMax = minute["waiting_max"],
                CapacityMax = minute["capacity_max"],
                TokensIn = minute["tokens_in"],
                TokensOut = minute["tokens_out"],
                Cost = minute["cost_micros"] / Micros,
                EndedCost = minute["ended_cost_micros"] / Micros,
            },
            Reasons =
            [
                .. minute.Counters.Where(counter => counter.Key.StartsWith(ReasonPrefix, StringComparison.Ordinal))
                    .Select(counter => KeyValuePair.Create(counter.Key[ReasonPrefix.Length..], counter.Value)),
            ],
            FirstAudio = Histogram(minute, "first_audio"),
            Turn = Histogram(minute, "turn"),
            Admission = Histogram(minute, "admission_wait"),
        };
    }

    private static LatencyCount[] Histogram(SeriesMinute minute, string series)
    {
        var prefix = series + BucketMark;
        return
        [
            .. minute.Counters.Where(counter => counter.Key.StartsWith(prefix, StringComparison.Ordinal))
                .Select(counter => int.TryParse(counter.Key.AsSpan(prefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var upper)
                    ? new LatencyCount(upper, counter.Value) : default)
                .Where(bucket => bucket.Count > 0),
        ];
    }
}
