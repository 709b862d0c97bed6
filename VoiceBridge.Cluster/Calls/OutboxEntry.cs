using VoiceBridge.Cluster.Transcripts;

namespace VoiceBridge.Cluster.Calls;

/// <summary>A call that was taken out of the outbox. <paramref name="Held"/> tells whether it has changed since.</summary>
public sealed record OutboxEntry(string CallId, long Held);

/// <summary>The same with all that is known of it. <paramref name="Boxes"/> is how many entries of its transcript were read.</summary>
public sealed record OutboxCall(OutboxEntry Entry, CallRecord Record, IReadOnlyList<CallEvent> Timeline, IReadOnlyList<Turn> Turns, long Boxes);
