namespace VoiceBridge.Cluster.Gateways;

/// <summary>A Voice Live endpoint as a gateway sees it: its budget of new connections per minute, and whether it works.</summary>
public sealed record VoiceLiveEndpointStatus(string Name, int ConnectionsPerMinute, bool Healthy);
