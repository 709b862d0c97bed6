using System.Globalization;

namespace VoiceBridge.RelayBench.Report;

/// <summary>What Linux says of processors' time.</summary>
internal static class Machine
{
    private const double TicksPerSecond = 100; // sysconf(_SC_CLK_TCK) on every Linux of the last decades
    private const int Idle = 3;
    private const int WaitingForDisk = 4;
    private const int Guest = 8;

    /// <summary>User and system time of a process so far; none if it is gone.</summary>
    public static TimeSpan CpuOf(int process)
    {
        if (!File.Exists($"/proc/{process}/stat")) return TimeSpan.Zero;
        var stat = File.ReadAllText($"/proc/{process}/stat");
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        return Ticks(long.Parse(fields[11], CultureInfo.InvariantCulture) + long.Parse(fields[12], CultureInfo.InvariantCulture));
    }

    /// <summary>Time that all processors have been busy, or been taken away from this machine, so far.</summary>
    public static TimeSpan Busy()
    {
        var all = File.ReadLines("/proc/stat").First().Split(' ', StringSplitOptions.RemoveEmptyEntries).Skip(1).Select(field => long.Parse(field, CultureInfo.InvariantCulture));
        return Ticks(all.Take(Guest).Where((_, kind) => kind is not (Idle or WaitingForDisk)).Sum());
    }

    private static TimeSpan Ticks(long ticks) => TimeSpan.FromSeconds(ticks / TicksPerSecond);
}
