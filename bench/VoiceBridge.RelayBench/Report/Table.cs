using System.Globalization;
using System.Text;

namespace VoiceBridge.RelayBench.Report;

/// <summary>Rows for the console, tables for the docs, lines for spreadsheets.</summary>
internal static class Table
{
    public const string Head =
        "program          phase calls us/frame  cpu%   round trip p50/p99/p99.9/max ms          up p99  down p99   lost  late   RSS MB  B/frame  GCs  gen us/frame  helpers% others%";

    private const string CsvHead =
        "subject,phase,round,calls,delta_ms,talk,tls,pinned,start_to_ready_ms,cpu_us_per_frame,cpu_share,p50_ms,p99_ms,p999_ms,max_ms,schedule_p99_ms,up_p50_ms,up_p99_ms,down_p50_ms,down_p99_ms,"
        + "relayed,lost,misdelivered,dropped,late_sends,resident_kib,allocated_bytes_per_frame,collections,pause_ms,generator_us_per_frame,helpers_share,others_share,disturbed,generator_limited";

    public static string Row(Measurement m)
    {
        var row = new StringBuilder();
        row.Append(CultureInfo.InvariantCulture, $"{m.Subject,-16} {m.Phase} {m.Calls,5} {m.CpuMicrosecondsPerFrame,9:F1} {m.CpuShare * 100,5:F0}   {Show(m.RoundTripMs),-42} {m.UplinkMs.P99,8:F2} {m.DownlinkMs.P99,8:F2}");
        row.Append(CultureInfo.InvariantCulture, $" {m.Lost + m.Misdelivered,6} {m.LateSends,5} {m.ResidentKiB / 1024.0,8:F0} {m.AllocatedBytesPerFrame,8:F1} {m.Collections,4} {m.GeneratorMicrosecondsPerFrame,13:F1} {m.HelpersShare * 100,9:F0} {m.OthersShare * 100,7:F0}");
        if (m.BargeInMs.Count > 0) row.Append(CultureInfo.InvariantCulture, $"  {m.BargeInMs.Count} barge-ins p99 {m.BargeInMs[Math.Min(m.BargeInMs.Count - 1, (int)(m.BargeInMs.Count * 0.99))]:F2} ms");
        if (m.FirstAnswerMs is { } first) row.Append(CultureInfo.InvariantCulture, $"  first answer {first:F0} ms, later {m.LaterAnswerMs:F1} ms");
        if (m.Dropped > 0) row.Append(CultureInfo.InvariantCulture, $"  {m.Dropped} calls dropped");
        if (m.GeneratorLimited) row.Append("  generator-limited");
        return row.Append(m.Disturbed ? "  disturbed" : "").ToString();
    }

    /// <summary>One table for each phase, and the ratios of the first subject to its rivals.</summary>
    public static string Markdown(ComparisonFigures figures)
    {
        var text = new StringBuilder();
        foreach (var phase in figures.Summaries.GroupBy(summary => summary.Phase))
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"\n| {figures.Calls} calls, {phase.Key} | CPU µs/frame | round trip p50 / p99 / p99.9 / max ms | caller → agent, agent → caller p99 ms | lost | resident MB | ready after |");
            text.AppendLine("|---|---|---|---|---|---|---|");
            foreach (var s in phase)
            {
                text.Append(CultureInfo.InvariantCulture, $"| {s.Subject} | {s.CpuMicrosecondsPerFrame.Median:F1} [{s.CpuMicrosecondsPerFrame.Lower:F1}, {s.CpuMicrosecondsPerFrame.Upper:F1}] | {s.P50.Median:0.##} / {s.P99.Median:0.##} [{s.P99.Lower:0.##}, {s.P99.Upper:0.##}] / {s.P999.Median:0.##} / {s.Max.Median:0.#} ");
                text.Append(CultureInfo.InvariantCulture, $"| {s.UpP99.Median:0.##}, {s.DownP99.Median:0.##} | {s.Lost}{(s.Dropped > 0 ? $" and {s.Dropped} calls" : "")} | {s.ResidentMiB.Median:F0} | {s.StartToReady.Median / 1000:F1} s |");
                text.AppendLine((s.Disturbed, s.GeneratorLimited) is (0, 0) ? "" : $" {s.Disturbed} of {s.Rounds} disturbed, {s.GeneratorLimited} generator-limited");
            }

            foreach (var r in figures.Ratios.Where(ratio => ratio.Phase == phase.Key))
                text.AppendLine(CultureInfo.InvariantCulture, $"=> {r.Subject} / {r.Rival}: CPU {Show(r.Cpu)}{Show(r.Cpu95)}; p50 {Show(r.P50)}; p99 {Show(r.P99)}{Show(r.P99With95)}");
        }

        return text.ToString();
    }

    public static string Csv(IEnumerable<ComparisonFigures> all)
    {
        var text = new StringBuilder(CsvHead).AppendLine();
        foreach (var (f, m) in all.SelectMany(figures => figures.Runs.Select(run => (figures, run))))
        {
            object[] fields =
            [
                m.Subject, m.Phase, m.Round, m.Calls, f.DeltaMilliseconds, f.Talk, f.Tls, f.Pinned, m.StartToReadyMs, m.CpuMicrosecondsPerFrame, m.CpuShare,
                m.RoundTripMs.P50, m.RoundTripMs.P99, m.RoundTripMs.P999, m.RoundTripMs.Max, m.FromScheduleMs.P99, m.UplinkMs.P50, m.UplinkMs.P99, m.DownlinkMs.P50, m.DownlinkMs.P99,
                m.Relayed, m.Lost, m.Misdelivered, m.Dropped, m.LateSends, m.ResidentKiB, m.AllocatedBytesPerFrame, m.Collections, m.PauseMs, m.GeneratorMicrosecondsPerFrame, m.HelpersShare, m.OthersShare,
                m.Disturbed, m.GeneratorLimited,
            ];
            text.AppendJoin(',', fields.Select(field => field is double number ? Math.Round(number, 4).ToString(CultureInfo.InvariantCulture) : Convert.ToString(field, CultureInfo.InvariantCulture))).AppendLine();
        }

        return text.ToString();
    }

    private static string Show(Percentiles p) => string.Create(CultureInfo.InvariantCulture, $"{p.P50:F2} / {p.P99:F2} / {p.P999:F2} / {p.Max:F1}");

    /// <summary>Nothing where there are too few rounds to tell.</summary>
    private static string Show(Confidence c) => double.IsFinite(c.Upper) ? string.Create(CultureInfo.InvariantCulture, $", 95 % {c.Lower:F2} to {c.Upper:F2}") : "";

    private static string Show(Quartiles q) => string.Create(CultureInfo.InvariantCulture, $"{q.Median:F2} [{q.Lower:F2}, {q.Upper:F2}]");
}
