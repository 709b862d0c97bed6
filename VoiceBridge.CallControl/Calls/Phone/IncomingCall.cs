using VoiceBridge.Cluster.Calls;

namespace VoiceBridge.CallControl.Calls.Phone;

/// <summary>A call that rings.</summary>
/// <param name="CorrelationId">The service's id of the call, in its logs too. A redirected call rings again with the same one.</param>
/// <param name="IncomingCallContext">The secret that answers, rejects or redirects it.</param>
/// <param name="ServerCallId">The service's id of the conversation.</param>
/// <param name="From">The caller's number or user id, in full.</param>
/// <param name="To">The number that was dialled.</param>
/// <param name="RangAt">The time of the event, to the second: everything that is derived from it must be the same on every replica.</param>
internal sealed record IncomingCall(
    string CorrelationId, string IncomingCallContext, string? ServerCallId, string From, string To, DateTimeOffset RangAt)
{
    /// <summary>A phone rings 30 s (Azure's "Incoming call concepts"); answering ends a little earlier, so that the answer arrives.</summary>
    public static readonly TimeSpan Rings = TimeSpan.FromSeconds(28);

    public string CallId { get; } = Cluster.Trust.CallId.Of(CorrelationId, IncomingCallContext);

    public DateTimeOffset RingsUntil => RangAt + Rings;

    /// <summary>An answer that has not succeeded by then is given up, so that the caller can still be sent to another number or hear the busy tone.</summary>
    public DateTimeOffset AnswersUntil => RingsUntil - TimeSpan.FromSeconds(2);

    /// <summary>Its record, as a claim writes it.</summary>
    public CallRecord ToRecord() => new()
    {
        CallId = CallId,
        CorrelationId = CorrelationId,
        From = From,
        To = To,
        Type = "acs",
        State = CallState.Ringing,
        ServerCallId = ServerCallId,
        IncomingCallContext = IncomingCallContext,
        TraceId = CallId,
        RangAt = RangAt,
    };

    /// <summary>The call of a claim that another replica left behind, or null when the record lacks what answering needs.</summary>
    public static IncomingCall? Of(CallRecord record) => record.IncomingCallContext is { Length: > 0 } context
        ? new IncomingCall(record.CorrelationId, context, record.ServerCallId, record.From, record.To, record.RangAt)
        : null;
}
