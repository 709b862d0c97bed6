using VoiceBridge.Cluster.Gateways;
using VoiceBridge.Dashboard.Snapshots;

namespace VoiceBridge.Dashboard.Viewing;

/// <summary>How a gateway's state is shown.</summary>
internal static class GatewayWords
{
    private const int ShownIdLength = 24;
    private const int CommitLength = 7;

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
        gateway is { State: GatewayState.Draining, Heartbeat.DrainsUntil: { } until } && until > now ? $"{Words.Age(until - now)} left" : null;

    /// <summary>Where its row is.</summary>
    public static string Address(string gatewayId) => $"/gateways#{Uri.EscapeDataString(gatewayId)}";

    /// <summary>A version with the first seven digits of its commit: 0.1.0+cfed628.</summary>
    public static string ShortVersion(string version)
    {
        var plus = version.IndexOf('+', StringComparison.Ordinal);
        return plus < 0 || version.Length - plus - 1 <= CommitLength ? version : version[..(plus + 1 + CommitLength)];
    }

    /// <summary>Ids are the replica's name and random hex. Long names begin alike, so their ends are shown.</summary>
    public static string ShortId(string? id) => id is null ? "–" : id.Length <= ShownIdLength ? id : "…" + id[^ShownIdLength..];
}
