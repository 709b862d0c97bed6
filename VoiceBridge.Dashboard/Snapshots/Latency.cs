namespace VoiceBridge.Dashboard.Snapshots;

/// <summary>Percentiles of a latency in milliseconds, as upper bounds of histogram buckets; null when nothing was measured.</summary>
public readonly record struct Latency(double? P50, double? P95, double? P99)
{
    public static Latency Of(IEnumerable<IReadOnlyList<LatencyCount>> histograms)
    {
        var counts = new SortedDictionary<int, long>();
        foreach (var bucket in histograms.SelectMany(histogram => histogram))
            counts[bucket.UpperMs] = counts.GetValueOrDefault(bucket.UpperMs) + bucket.Count;
        var total = counts.Values.Sum();
        return new Latency(At(counts, total, 0.5), At(counts, total, 0.95), At(counts, total, 0.99));
    }

    private static double? At(SortedDictionary<int, long> counts, long total, double quantile)
    {
        var wanted = Math.Max(1, (long)Math.Ceiling(quantile * total));
        foreach (var (upper, count) in counts)
        {
            wanted -= count;
            if (wanted <= 0) return upper;
        }
        return null;
    }
}
