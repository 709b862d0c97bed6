using VoiceBridge.Cluster.Calls;
using VoiceBridge.Cluster.Transcripts;

namespace VoiceBridge.History.Records;

/// <summary>A call that has ended, as Redis has it.</summary>
/// <param name="Record">Its record.</param>
/// <param name="Timeline">What happened in it.</param>
/// <param name="Turns">What was said in it, redacted; empty where nothing is kept, or where it has been written before.</param>
public sealed record FinishedCall(CallRecord Record, IReadOnlyList<CallEvent> Timeline, IReadOnlyList<Turn> Turns);
