using System.Globalization;

namespace VoiceBridge.Cluster.Series;

/// <summary>Latencies as counters: a histogram whose buckets grow by about a quarter, so that minutes and replicas can be added up.</summary>
public static class LatencyBuckets
{
    private static readonly int[] UpperMs =
    [
        10, 15, 20, 25, 32, 40, 50, 65, 80, 100, 125, 160, 200, 250, 320, 400, 500, 650, 800, 1_000,
        1_250, 1_600, 2_000, 2_500, 3_200, 4_000, 5_000, 6_500, 8_000, 10_000, 20_000, 60_000,
    ];

    /// <summary>
    /// The counter of <paramref name="series"/> that a latency of <paramref name="milliseconds"/> belongs to, as <c>first_audio:le:250</c>. A bucket that
    /// reaches beyond <paramref name="longest"/> ends there.
    /// </summary>
    public static string Counter(string series, double milliseconds, double? longest = null)
    {
        var bound = UpperMs.FirstOrDefault(upper => milliseconds <= upper, UpperMs[^1]);
        if (longest is >= 1 and var most && bound > most) bound = (int)most;
        return string.Create(CultureInfo.InvariantCulture, $"{series}:le:{bound}");
    }

    /// <summary>The upper bound of the bucket that the share <paramref name="quantile"/> (0..1) of all counted latencies does not exceed; null without any.</summary>
    public static double? Percentile(IEnumerable<SeriesMinute> minutes, string series, double quantile)
    {
        var counts = new long[UpperMs.Length];
        foreach (var minute in minutes)
        {
            for (var i = 0; i < UpperMs.Length; i++)
                counts[i] += minute[string.Create(CultureInfo.InvariantCulture, $"{series}:le:{UpperMs[i]}")];
        }

        var total = counts.Sum();
        if (total == 0) return null;
        var wanted = Math.Max(1, (long)Math.Ceiling(quantile * total));
        for (var i = 0; i < counts.Length; i++)
        {
            wanted -= counts[i];
            if (wanted <= 0) return UpperMs[i];
        }

        return UpperMs[^1];
    }
}
