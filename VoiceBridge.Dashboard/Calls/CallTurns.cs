using VoiceBridge.Cluster.Calls;
using VoiceBridge.Cluster.Transcripts;
using VoiceBridge.Dashboard.Presentation;

namespace VoiceBridge.Dashboard.Calls;

/// <summary>The working turns of a call and, since these go soon after its end, the copy that is kept where copies are kept.</summary>
internal sealed class CallTurns(WorkingTurns working, Transcripts kept) : ICallTurns
{
    public async Task<IReadOnlyList<Turn>> ReadAsync(CallRecord call, CancellationToken ct)
    {
        var turns = await working.ReadAsync(call.CallId, ct);
        return turns.Count > 0 || !CallText.IsOver(call) ? turns : await kept.ReadAsync(call.CallId, ct);
    }
}
