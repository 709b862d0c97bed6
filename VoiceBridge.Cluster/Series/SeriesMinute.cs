namespace VoiceBridge.Cluster.Series;

/// <summary>The counters of one minute. Absent ones are 0.</summary>
public sealed record SeriesMinute(DateTimeOffset Minute, IReadOnlyDictionary<string, long> Counters)
{
    /// <summary>The counter's value, 0 when nothing was counted.</summary>
    public long this[string counter] => Counters.GetValueOrDefault(counter);
}
