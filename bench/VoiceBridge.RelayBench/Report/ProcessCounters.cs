using System.Globalization;

namespace VoiceBridge.RelayBench.Report;

/// <summary>What a measured process counts itself since it began: of its collector, and how long each interruption took that it handled, in their order.</summary>
internal readonly record struct ProcessCounters(long Allocated, int Collections, double PauseMs, IReadOnlyList<double> BargeInMs)
{
    public static ProcessCounters Parse(string line)
    {
        var fields = line.Split(' ');
        return fields.Length < 3 ? new(0, 0, 0, []) : new(
            long.Parse(fields[0], CultureInfo.InvariantCulture), int.Parse(fields[1], CultureInfo.InvariantCulture), double.Parse(fields[2], CultureInfo.InvariantCulture),
            [.. fields.Skip(3).Select(field => double.Parse(field, CultureInfo.InvariantCulture))]);
    }

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"{Allocated} {Collections} {PauseMs:F3}{string.Concat(BargeInMs.Select(ms => string.Create(CultureInfo.InvariantCulture, $" {ms:F3}")))}");
}
