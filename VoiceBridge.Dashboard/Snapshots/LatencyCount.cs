namespace VoiceBridge.Dashboard.Snapshots;

/// <summary>How many latencies fell into the bucket that ends at <paramref name="UpperMs"/>.</summary>
public readonly record struct LatencyCount(int UpperMs, long Count);
