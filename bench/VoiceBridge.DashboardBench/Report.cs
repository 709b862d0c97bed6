using System.Globalization;
using System.Text.Json;

namespace VoiceBridge.DashboardBench;

/// <summary>The figures as a table for people and as JSON for programs.</summary>
internal static class Report
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    public static void Write(Figures figures)
    {
        Line($"{figures.Calls} calls, {figures.Gateways} gateways, {figures.Redis}");
        Line($"");
        Line($"page       load             first paint   first data         live (ms)     wire (KiB)");
        foreach (var page in figures.Pages)
        {
            foreach (var (name, load) in new[] { ("first of all", page.First), ("cold (median)", page.Cold), ("warm (median)", page.Warm) })
                Line($"{page.Path,-10} {name,-15} {load.FirstPaintMs,12:0} {load.FirstDataMs,12:0} {load.LiveMs,12:0} {load.KiB,14:0}");
        }

        Line($"");
        Line($"page       open   CPU of a core   per page   RSS MiB   KiB/s and page");
        foreach (var open in figures.Open)
            Line($"{open.Path,-10} {open.Pages,4} {open.CpuPercent,13:0.0} % {PerPage(figures, open),10} {open.ResidentMiB,9:0} {open.KiBPerSecondAndPage,16:0.0}");
        Line($"");
        Line($"The table scrolled to its last row in {figures.ScrolledToLastRowMs:0} ms.");
        Line($"After a restart {figures.Restart.Pages} open pages were live again {figures.Restart.BackAfterMs:0} ms after the new process began; {figures.EndedCalls} calls ended in all this time.");
        foreach (var wrong in figures.Wrong) Line($"MISSED: {wrong}");
    }

    public static Task SaveAsync(Figures figures, string path, CancellationToken cancel) => File.WriteAllTextAsync(path, JsonSerializer.Serialize(figures, Json), cancel);

    private static string PerPage(Figures figures, OpenFigures open) =>
        open.Pages == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"{open.CpuPercentOfOne(figures.Open):0.0} %");

    private static void Line(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));
}
