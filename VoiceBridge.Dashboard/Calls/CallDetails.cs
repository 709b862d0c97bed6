using VoiceBridge.Cluster.Calls;
using VoiceBridge.Cluster.Transcripts;
using VoiceBridge.History.Storage;

namespace VoiceBridge.Dashboard.Calls;

/// <summary>One call with its timeline, and what was said in it: <paramref name="Turns"/> is null when the viewer may not read that.</summary>
internal sealed record CallDetails(CallRecord Call, IReadOnlyList<CallEvent> Events, IReadOnlyList<Turn>? Turns)
{
    /// <summary>It comes from the history, where numbers are kept as they were shown.</summary>
    public bool IsKept { get; init; }

    /// <summary>Who has read the transcript; nothing for those who may not.</summary>
    public IReadOnlyList<AccessEntry> Looks { get; init; } = [];
}
