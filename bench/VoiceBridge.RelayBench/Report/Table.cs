using System.Globalization;

namespace VoiceBridge.RelayBench.Report;

/// <summary>Rows for the console.</summary>
internal static class Table
{
    public const string Head = "program          calls  us/frame   cpu%   up p50/p99/p99.9 ms        down p50/p99/p99.9 ms      lost  mis  late   RSS MB  B/frame  GCs  pause ms  barge-ins p99 ms";

    public static string Row(Measurement m) => string.Create(CultureInfo.InvariantCulture,
        $"{m.Subject,-16} {m.Calls,5} {m.CpuMicrosecondsPerFrame,9:F1} {m.CpuShare * 100,6:F0}   {Show(m.UplinkMs),-26} {Show(m.DownlinkMs),-26} {m.Lost,4} {m.Misdelivered,4} {m.LateSends,5} {m.ResidentKiB / 1024.0,8:F0} {m.AllocatedBytesPerFrame,8:F1} {m.Collections,4} {m.PauseMs,8:F1}{(m.BargeIns == 0 ? "" : $"  {m.BargeIns,9} {m.BargeInP99Ms:F2}")}{(m.GeneratorLimited ? "  generator-limited" : "")}");

    private static string Show(Percentiles p) => string.Create(CultureInfo.InvariantCulture, $"{p.P50:F2} / {p.P99:F2} / {p.P999:F2}");
}
