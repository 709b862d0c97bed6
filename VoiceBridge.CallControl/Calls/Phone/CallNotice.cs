namespace VoiceBridge.CallControl.Calls.Phone;

/// <summary>What the phone service tells of a call.</summary>
internal enum CallNoticeKind
{
    Connected,
    Disconnected,
    AnswerFailed,
    MediaStarted,
    MediaStopped,
    MediaFailed,
    TransferAccepted,
    TransferFailed,
}

/// <summary>
/// One message of the phone service about a call. They come at least once (with the same id), in any order, and may get lost.
/// The detail is what the service says of the reason, for logs and the timeline; the operation context is what was given along
/// with the operation that this is about.
/// </summary>
internal sealed record CallNotice(
    CallNoticeKind Kind, string Id, string CallId, DateTimeOffset At, string? CallConnectionId, string? ServerCallId, string? CorrelationId,
    string Detail, string? OperationContext);
