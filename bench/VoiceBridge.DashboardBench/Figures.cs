namespace VoiceBridge.DashboardBench;

/// <summary>When a page showed what, in milliseconds after the request for it, and what of it came over the wire: compressed, with headers, without the circuit.</summary>
internal sealed record PageLoad(double FirstPaintMs, double FirstDataMs, double LiveMs, double KiB)
{
    public static PageLoad MedianOf(IReadOnlyCollection<PageLoad> loads) => new(
        Median(loads.Select(load => load.FirstPaintMs)), Median(loads.Select(load => load.FirstDataMs)), Median(loads.Select(load => load.LiveMs)), Median(loads.Select(load => load.KiB)));

    private static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }
}

/// <summary>A page's loads: the first after the server's start, and the medians with an empty and with a filled browser cache.</summary>
internal sealed record PageFigures(string Path, PageLoad First, PageLoad Cold, PageLoad Warm);

/// <summary>What the dashboard's process took while so many pages were open; traffic is what one page was sent.</summary>
internal sealed record OpenFigures(string Path, int Pages, double CpuPercent, double ResidentMiB, double KiBPerSecondAndPage)
{
    /// <summary>What one page adds to what the process takes without any, as it did in the end.</summary>
    public double CpuPercentOfOne(IReadOnlyList<OpenFigures> all) => (CpuPercent - all.Last(other => other.Pages == 0).CpuPercent) / Pages;
}

/// <summary>After a restart: how long until all open pages were live again, counted from the new process's start.</summary>
internal sealed record RestartFigures(int Pages, double BackAfterMs);

/// <summary>Everything that was measured; <paramref name="Wrong"/> says which aims were missed.</summary>
internal sealed record Figures(
    string Redis, int Calls, int Gateways, IReadOnlyList<PageFigures> Pages, IReadOnlyList<OpenFigures> Open, double ScrolledToLastRowMs, RestartFigures Restart, int EndedCalls, IReadOnlyList<string> Wrong);
