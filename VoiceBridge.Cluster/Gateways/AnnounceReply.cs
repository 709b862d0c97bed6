namespace VoiceBridge.Cluster.Gateways;

/// <summary>
/// What a gateway learns when it announces itself: an operator's order, and which of its connections have been overtaken by a later
/// media socket of the same call. Those handlers stop, without hanging up.
/// </summary>
public sealed record AnnounceReply(GatewayOrder Order, IReadOnlyList<string> SupersededConnections);
