using VoiceBridge.Cluster.Calls;
using VoiceBridge.Cluster.Transcripts;

namespace VoiceBridge.Dashboard.Calls;

/// <summary>What was said in calls, as far as Redis knows it.</summary>
internal interface ICallTurns
{
    /// <summary>The call's turns in the order they were spoken. Throws what the Redis client throws when it is away.</summary>
    Task<IReadOnlyList<Turn>> ReadAsync(CallRecord call, CancellationToken ct);
}
