namespace VoiceBridge.Cluster.Gateways;

/// <summary>A gateway as the cluster sees it: its last heartbeat, how old that is by Redis's clock, and what follows.</summary>
public sealed record GatewayView(GatewayHeartbeat Heartbeat, TimeSpan HeartbeatAge, GatewayState State)
{
    /// <summary>When it was last heard of, of one that is dead; null of others.</summary>
    public DateTimeOffset? DiedAt { get; init; }

    /// <summary>How many calls it had when it died.</summary>
    public int CallsLeft { get; init; }
}
