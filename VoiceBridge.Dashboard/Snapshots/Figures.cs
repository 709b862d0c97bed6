namespace VoiceBridge.Dashboard.Snapshots;

/// <summary>What the counters of some minutes come to.</summary>
public sealed record Figures
{
    public long Offered { get; init; }
    public long Answered { get; init; }
    public long Busy { get; init; }
    public long Missed { get; init; }
    public long Failed { get; init; }
    public long Ended { get; init; }
    public long ActiveMax { get; init; }
    public long WaitingMax { get; init; }
    public long CapacityMax { get; init; }
    public long TokensIn { get; init; }
    public long TokensOut { get; init; }
    public decimal Cost { get; init; }
    public Latency FirstAudio { get; init; }
    public Latency Turn { get; init; }
    public Latency Admission { get; init; }

    /// <summary>Why calls ended, the most frequent reason first.</summary>
    public IReadOnlyList<KeyValuePair<string, long>> Reasons { get; init; } = [];

    /// <summary>Answered calls by those whose fate is known, from 0 to 1; null without any. Calls that still ring do not count against it.</summary>
    public double? AnswerRate => Answered + Busy + Missed + Failed is > 0 and var known ? (double)Answered / known : null;

    public static Figures Of(IReadOnlyList<MinuteStats> minutes)
    {
        ArgumentNullException.ThrowIfNull(minutes);
        return new Figures
        {
            Offered = minutes.Sum(minute => minute.Offered),
            Answered = minutes.Sum(minute => minute.Answered),
            Busy = minutes.Sum(minute => minute.Busy),
            Missed = minutes.Sum(minute => minute.Missed),
            Failed = minutes.Sum(minute => minute.Failed),
            Ended = minutes.Sum(minute => minute.Ended),
            ActiveMax = minutes.Select(minute => minute.ActiveMax).DefaultIfEmpty().Max(),
            WaitingMax = minutes.Select(minute => minute.WaitingMax).DefaultIfEmpty().Max(),
            CapacityMax = minutes.Select(minute => minute.CapacityMax).DefaultIfEmpty().Max(),
            TokensIn = minutes.Sum(minute => minute.TokensIn),
            TokensOut = minutes.Sum(minute => minute.TokensOut),
            Cost = minutes.Sum(minute => minute.Cost),
            Reasons =
            [
                .. minutes.SelectMany(minute => minute.Reasons).GroupBy(reason => reason.Key, reason => reason.Value)
                    .Select(group => KeyValuePair.Create(group.Key, group.Sum()))
                    .OrderByDescending(reason => reason.Value).ThenBy(reason => reason.Key, StringComparer.Ordinal),
            ],
            FirstAudio = Latency.Of(minutes.Select(minute => minute.FirstAudio)),
            Turn = Latency.Of(minutes.Select(minute => minute.Turn)),
            Admission = Latency.Of(minutes.Select(minute => minute.Admission)),
        };
    }
}
