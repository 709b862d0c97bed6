namespace VoiceBridge.Dashboard.Snapshots;

/// <summary>What the counters of some minutes come to.</summary>
public sealed record Figures
{
    public Counts Counts { get; init; } = new();
    public Latency FirstAudio { get; init; }
    public Latency Turn { get; init; }
    public Latency Admission { get; init; }

    /// <summary>Why calls ended, the most frequent reason first.</summary>
    public IReadOnlyList<KeyValuePair<string, long>> Reasons { get; init; } = [];

    public static Figures Of(IReadOnlyList<MinuteStats> minutes)
    {
        ArgumentNullException.ThrowIfNull(minutes);
        return new Figures
        {
            Counts = minutes.Aggregate(new Counts(), (sum, minute) => sum + minute.Counts),
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
