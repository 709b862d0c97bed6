namespace VoiceBridge.Cluster.Gateways;

/// <summary>
/// What a gateway learns when it announces itself: an operator's order, which of its connections have been overtaken by a later
/// media socket of the same call (those handlers stop, without hanging up), and which were not known: Redis was away or emptied, and
/// what else the gateway knows of those calls must be written again.
/// </summary>
public sealed record AnnounceReply(GatewayOrder Order, IReadOnlyList<string> SupersededConnections, IReadOnlyList<string> UnknownConnections);
