using System.Globalization;

namespace VoiceBridge.RelayBench.Report;

/// <summary>What a measured process counts itself: of its collector since it began, and of the interruptions it handled.</summary>
internal readonly record struct ProcessCounters(long Allocated, int Collections, double PauseMs, int BargeIns, double BargeInP99Ms)
{
    public static ProcessCounters Parse(string line)
    {
        var fields = line.Split(' ');
        return fields.Length < 5 ? default : new(
            long.Parse(fields[0], CultureInfo.InvariantCulture), int.Parse(fields[1], CultureInfo.InvariantCulture), double.Parse(fields[2], CultureInfo.InvariantCulture),
            int.Parse(fields[3], CultureInfo.InvariantCulture), double.Parse(fields[4], CultureInfo.InvariantCulture));
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Allocated} {Collections} {PauseMs:F3} {BargeIns} {BargeInP99Ms:F3}");
}
