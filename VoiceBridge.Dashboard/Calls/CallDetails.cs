using VoiceBridge.Cluster.Calls;
using VoiceBridge.Cluster.Transcripts;

namespace VoiceBridge.Dashboard.Calls;

/// <summary>One call with its timeline, and what was said in it: <paramref name="Turns"/> is null when the viewer may not read that.</summary>
internal sealed record CallDetails(CallRecord Call, IReadOnlyList<CallEvent> Events, IReadOnlyList<Turn>? Turns);
