namespace VoiceBridge.Cluster.Gateways;

/// <summary>A gateway as the cluster sees it: its last heartbeat, how old that is by Redis's clock, and what follows.</summary>
public sealed record GatewayView(GatewayHeartbeat Heartbeat, TimeSpan HeartbeatAge, GatewayState State);
