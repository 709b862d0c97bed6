namespace VoiceBridge.Dashboard.Snapshots;

/// <summary>
/// Something that happened in the cluster. <paramref name="Kind"/> is one of <see cref="VoiceBridge.Cluster.Events.ClusterLogKind"/>; <paramref name="Subject"/> is what it happened to
/// (a gateway's name, an endpoint's; "" for the cluster); <paramref name="Who"/> is the operator who did it, null when nobody did; <paramref name="Text"/> is the whole
/// sentence, without a time; <paramref name="Count"/> is how many times within the minute that began with <paramref name="At"/>.
/// </summary>
public sealed record PastEvent(DateTimeOffset At, string Kind, string Subject, string? Who, long Count, Severity Severity, string Text);
