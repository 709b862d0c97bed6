using System.CommandLine;
using VoiceBridge.RelayBench.Report;

namespace VoiceBridge.RelayBench.Commands;

/// <summary>Draws what <c>compare</c> and <c>capacity</c> found.</summary>
internal static class ChartCommand
{
    private const string Warm = "warm";

    public static Command Create()
    {
        var compared = new Option<string>("--compared") { Required = true, Description = "the JSON of compare" };
        var capacity = new Option<string?>("--capacities") { Description = "the JSON of capacity" };
        var output = new Option<string>("--svg") { Required = true };
        var command = new Command("chart", "Draws CPU per frame, p99 latency and calls per core as an SVG.") { compared, capacity, output };
        command.SetAction(parsed =>
        {
            var comparisons = Setting.Load<List<ComparisonFigures>>(parsed.GetRequiredValue(compared));
            var panels = comparisons.Select(c => c.Calls).Distinct().Order().SelectMany(calls => new[]
            {
                Panel($"CPU per frame, {calls} calls", "µs", calls, s => s.CpuMicrosecondsPerFrame),
                Panel($"Round trip p99, {calls} calls", "ms", calls, s => s.P99),
            }).ToList();
            if (parsed.GetValue(capacity) is { } file)
                panels.Add(new("Calls on one core", "", [.. Setting.Load<List<CapacityFigures>>(file).Select(c => new Bar(c.Subject, c.Calls))]));
            File.WriteAllText(parsed.GetRequiredValue(output), Chart.Draw(panels));

            Panel Panel(string title, string unit, int calls, Func<PhaseSummary, Quartiles> figure) => new(title, unit,
            [
                .. comparisons.Where(c => c.Calls == calls).SelectMany(c => c.Summaries).Where(summary => summary.Phase == Warm)
                    .Select(summary => new Bar(summary.Subject, figure(summary).Median)),
            ]);
        });
        return command;
    }
}
