using System.Globalization;

namespace VoiceBridge.History.Records;

/// <summary>Lengths of calls as counters, as <see cref="VoiceBridge.Cluster.Series.LatencyBuckets"/> has latencies; upper bounds in seconds.</summary>
internal static class DurationBuckets
{
    private const string Series = "duration:le:";

    private static readonly int[] UpperSeconds =
        [5, 10, 15, 20, 30, 45, 60, 90, 120, 150, 180, 240, 300, 360, 420, 480, 600, 720, 900, 1_200, 1_500, 1_800, 2_400, 3_600, 5_400, 7_200, 86_400];

    public static string Counter(long milliseconds) => Name(UpperSeconds.FirstOrDefault(upper => milliseconds <= upper * 1_000L, UpperSeconds[^1]));

    /// <summary>The upper bound, in seconds, that the share <paramref name="quantile"/> of the calls does not exceed; null without any.</summary>
    public static int? Percentile(IReadOnlyDictionary<string, long> counters, double quantile)
    {
        var counts = UpperSeconds.Select(upper => counters.GetValueOrDefault(Name(upper))).ToArray();
        var total = counts.Sum();
        if (total == 0) return null;
        var wanted = Math.Max(1, (long)Math.Ceiling(quantile * total));
        for (var i = 0; i < counts.Length; i++)
        {
            wanted -= counts[i];
            if (wanted <= 0) return UpperSeconds[i];
        }

        return UpperSeconds[^1];
    }

    private static string Name(int upper) => Series + upper.ToString(CultureInfo.InvariantCulture);
}
