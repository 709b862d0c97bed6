namespace VoiceBridge.History.Storage;

/// <summary>A counter of one agent's calls on one day (UTC), named as in <c>Cluster.Series</c>: what reports are made of.</summary>
internal sealed class DayCount
{
    /// <summary>Days since 1970-01-01.</summary>
    public int Day { get; set; }

    public string Agent { get; set; } = "";

    public string Name { get; set; } = "";

    public long Value { get; set; }
}
