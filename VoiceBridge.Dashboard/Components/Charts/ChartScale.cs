namespace VoiceBridge.Dashboard.Components.Charts;

/// <summary>How high a chart is.</summary>
internal static class ChartScale
{
    /// <summary>A ceiling is in the picture once the values have come so near, and otherwise above it.</summary>
    private const double NearCeiling = 0.6;
    private const double Headroom = 1.1;

    /// <summary>The value at the top of the chart.</summary>
    public static double Top(IReadOnlyList<ChartSeries> series)
    {
        var bars = series.Where(line => line.Shape == ChartShape.Bar).ToArray();
        var stacked = bars.Length == 0 ? 0 : Enumerable.Range(0, bars.Max(line => line.Values.Count)).Select(i => bars.Sum(line => line.Values[i] ?? 0)).DefaultIfEmpty().Max();
        var highest = Math.Max(stacked, Highest(series.Where(line => line.Shape != ChartShape.Ceiling)));
        var ceiling = Highest(series.Where(line => line.Shape == ChartShape.Ceiling));
        return ChartPath.NiceMax(ceiling > 0 && highest >= ceiling * NearCeiling ? Math.Max(highest, ceiling) * Headroom : highest);
    }

    /// <summary>Whether there is nothing to draw.</summary>
    public static bool IsEmpty(IReadOnlyList<ChartSeries> series) => series.Where(line => line.Shape != ChartShape.Ceiling).All(line => line.Values.All(value => value is null or 0));

    private static double Highest(IEnumerable<ChartSeries> series) => series.SelectMany(line => line.Values).Max() ?? 0;
}
