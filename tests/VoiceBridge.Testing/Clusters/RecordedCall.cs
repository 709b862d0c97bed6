using VoiceBridge.Cluster.Calls;
using VoiceBridge.Cluster.Transcripts;

namespace VoiceBridge.Testing.Clusters;

/// <summary>A call as the product has written it: record, timeline, transcript.</summary>
public sealed record RecordedCall(CallRecord Call, IReadOnlyList<CallEvent> Events, IReadOnlyList<Turn> Turns)
{
    /// <summary>The same call, so much later.</summary>
    public RecordedCall Later(TimeSpan by) => new(
        Call with
        {
            RangAt = Call.RangAt + by, AnsweredAt = Call.AnsweredAt + by, ConnectedAt = Call.ConnectedAt + by, FirstAudioAt = Call.FirstAudioAt + by,
            EndedAt = Call.EndedAt + by, MediaLostAt = Call.MediaLostAt + by,
        },
        [.. Events.Select(entry => entry with { At = entry.At + by })],
        [.. Turns.Select(turn => turn with { At = turn.At + by })]);
}
