using VoiceBridge.Cluster.Calls;
using VoiceBridge.Cluster.Transcripts;
using VoiceBridge.History.Storage;

namespace VoiceBridge.History.Reading;

/// <summary>One call of the history.</summary>
/// <param name="Row">As it is kept.</param>
/// <param name="Record">The same as the record that Redis had.</param>
/// <param name="Timeline">What happened in it.</param>
/// <param name="HasTurns">Whether turns are kept of it.</param>
/// <param name="Turns">What was said in it, where that was asked for.</param>
public sealed record KeptCall(EndedCall Row, CallRecord Record, IReadOnlyList<CallEvent> Timeline, bool HasTurns, IReadOnlyList<Turn> Turns);
