namespace VoiceBridge.Cluster.Events;

/// <summary>
/// Something that happened in the cluster and that people want to know of afterwards. <paramref name="Kind"/> is one of <see cref="ClusterLogKind"/>; <paramref name="Subject"/> is what it
/// happened to (a gateway's id, an endpoint's name; "" for the cluster), <paramref name="Who"/> who did it ("" for nobody), <paramref name="Detail"/> more, by kind.
/// <paramref name="Count"/>: how many times (or calls) within a minute.
/// </summary>
public sealed record ClusterLogEntry(DateTimeOffset At, string Kind, string Subject = "", string Who = "", string Detail = "", long Count = 1);
