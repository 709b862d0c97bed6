using System.Globalization;
using StackExchange.Redis;

namespace VoiceBridge.ClusterBench;

/// <summary>What Redis has done so far, as it counts it, and what its clients have sent.</summary>
internal sealed record Meter(DateTimeOffset At, double CpuSeconds, IReadOnlyDictionary<string, long> Commands, long Sent)
{
    public static async Task<Meter> ReadAsync(IServer server, IEnumerable<IConnectionMultiplexer> clients)
    {
        var sections = await server.InfoAsync("all");
        var all = sections.SelectMany(section => section).ToList();
        var cpu = all.Where(pair => pair.Key is "used_cpu_sys" or "used_cpu_user").Sum(pair => double.Parse(pair.Value, CultureInfo.InvariantCulture));
        var commands = all.Where(pair => pair.Key.StartsWith("cmdstat_", StringComparison.Ordinal)).ToDictionary(
            pair => pair.Key["cmdstat_".Length..].ToUpperInvariant(),
            pair => long.Parse(pair.Value.Split(',')[0]["calls=".Length..], CultureInfo.InvariantCulture),
            StringComparer.Ordinal);
        return new Meter(DateTimeOffset.UtcNow, cpu, commands, clients.Sum(client => client.GetCounters().Interactive.OperationCount));
    }

    public double Rate(Meter before, string command) =>
        (Commands.GetValueOrDefault(command) - before.Commands.GetValueOrDefault(command)) / Seconds(before);

    /// <summary>Commands that clients sent, a script being one.</summary>
    public double ClientRate(Meter before) => (Sent - before.Sent) / Seconds(before);

    /// <summary>All commands that were carried out, those within scripts included.</summary>
    public double TotalRate(Meter before) => (Commands.Values.Sum() - before.Commands.Values.Sum()) / Seconds(before);

    /// <summary>100 is one core.</summary>
    public double CpuPercent(Meter before) => 100 * (CpuSeconds - before.CpuSeconds) / Seconds(before);

    private double Seconds(Meter before) => (At - before.At).TotalSeconds;
}
