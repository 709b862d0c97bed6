using System.Buffers;
using VoiceBridge.Cluster.Gateways;

namespace VoiceBridge.Dashboard.Presentation;

/// <summary>How a gateway's state is shown.</summary>
internal static class GatewayText
{
    private const int ShownIdLength = 24;
    private const int CommitLength = 7;
    private const int SuffixLength = 12;
    private static readonly SearchValues<char> Hex = SearchValues.Create("0123456789abcdef");

    public static Health HealthOf(GatewayState state) => state switch
    {
        GatewayState.Ready => Health.Healthy,
        GatewayState.Full => Health.Info,
        GatewayState.Draining or GatewayState.Suspect => Health.Degraded,
        _ => Health.Failed,
    };

    public static string Name(GatewayState state) => state.ToString();

    /// <summary>How long a gateway that drains still waits for its calls; null for others.</summary>
    public static string? Left(GatewayView gateway, DateTimeOffset now) =>
        gateway is { State: GatewayState.Draining, Heartbeat.DrainsUntil: { } until } && until > now ? $"{Format.Age(until - now)} left" : null;

    /// <summary>What is said where no gateway lives.</summary>
    public static string NoneAlive(IEnumerable<GatewayView> gateways, Func<DateTimeOffset, string> time) =>
        gateways.Where(gateway => gateway.DiedAt is not null).MaxBy(gateway => gateway.DiedAt) is { } last
            ? $"No gateway is alive. The last one was {NameOf(last.Heartbeat.GatewayId)}, which died at {time(last.DiedAt!.Value)}."
            : "No gateway is alive.";

    /// <summary>Where its row is.</summary>
    public static string Address(string gatewayId) => $"/gateways#{Uri.EscapeDataString(gatewayId)}";

    /// <summary>A version with the first seven digits of its commit: 0.1.0+cfed628.</summary>
    public static string ShortVersion(string version)
    {
        var plus = version.IndexOf('+', StringComparison.Ordinal);
        return plus < 0 || version.Length - plus - 1 <= CommitLength ? version : version[..(plus + 1 + CommitLength)];
    }

    /// <summary>The replica's name: its id without the random hex at the end, which is new for each process. This is what the terminal and the logs call it.</summary>
    public static string NameOf(string? id)
    {
        if (id is null) return "–";
        var dash = id.Length - SuffixLength - 1;
        return dash > 0 && id[dash] == '-' && !id.AsSpan(dash + 1).ContainsAnyExcept(Hex) ? id[..dash] : id;
    }

    /// <summary>Ids are the replica's name and random hex. Long names begin alike, so their ends are shown.</summary>
    public static string ShortId(string? id) => id is null ? "–" : id.Length <= ShownIdLength ? id : "…" + id[^ShownIdLength..];
}
