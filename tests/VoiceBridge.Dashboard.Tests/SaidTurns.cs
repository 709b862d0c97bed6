using System.Collections.Concurrent;
using VoiceBridge.Cluster.Calls;
using VoiceBridge.Cluster.Transcripts;
using VoiceBridge.Dashboard.Calls;

namespace VoiceBridge.Dashboard.Tests;

/// <summary>Transcripts without Redis.</summary>
internal sealed class SaidTurns : ICallTurns
{
    private readonly ConcurrentDictionary<string, IReadOnlyList<Turn>> _turns = [];

    public void Add(string callId, IReadOnlyList<Turn> turns) => _turns[callId] = turns;

    public Task<IReadOnlyList<Turn>> ReadAsync(CallRecord call, CancellationToken ct) => Task.FromResult(_turns.GetValueOrDefault(call.CallId, []));
}
