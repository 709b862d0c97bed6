namespace VoiceBridge.Cluster.Events;

/// <summary>Something changed. Kinds: <c>call</c> (detail: its state), <c>connection</c>, <c>gateway</c>, <c>turn</c>. Carries no content, so lost ones do no harm.</summary>
public sealed record ClusterEvent(string Kind, string? CallId = null, string? GatewayId = null, string? Detail = null);
