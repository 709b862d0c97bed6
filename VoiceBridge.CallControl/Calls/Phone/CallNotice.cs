namespace VoiceBridge.CallControl.Calls.Phone;

/// <summary>What the phone service tells of a call.</summary>
internal enum CallNoticeKind
{
    Connected,
    Disconnected,
    AnswerFailed,

    /// <summary>The caller has hung up before anybody answered.</summary>
    GaveUp,

    MediaStarted,

    /// <summary>The media socket was closed in order: the gateway has done so, the call is over, or the network asks what comes next.</summary>
    MediaEnded,

    MediaStopped,
    MediaFailed,
    TransferAccepted,
    TransferFailed,

    /// <summary>The transfer was accepted, and with that the call has left us: no end of it will be told.</summary>
    TransferredAway,
}

/// <summary>
/// One message of the phone service about a call. They come at least once (with the same id), in any order, and may get lost.
/// The detail is what the service says of the reason, for logs and the timeline; the operation context is what was given along
/// with the operation that this is about.
/// </summary>
internal sealed record CallNotice(
    CallNoticeKind Kind, string Id, string CallId, DateTimeOffset At, string? CallConnectionId, string? ServerCallId, string? CorrelationId,
    string Detail, string? OperationContext)
{
    /// <summary>The network that it came over.</summary>
    public string Network { get; init; } = "acs";
}
