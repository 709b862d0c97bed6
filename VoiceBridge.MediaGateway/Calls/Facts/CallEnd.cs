namespace VoiceBridge.MediaGateway.Calls.Facts;

/// <summary>Why a call's handler stopped. All of these are normal; only bugs throw.</summary>
internal enum CallEndReason
{
    CallerHungUp,
    AgentEnded,
    Transferred,
    Silent,
    TooLong,
    NoAgent,
    AgentLost,
    MediaLost,
    Superseded,

    /// <summary>The gateway leaves, and another one takes the call.</summary>
    Drained,

    /// <summary>The gateway leaves, and there is no other one.</summary>
    LineClosed,
    Operator,
    Error,
}

/// <summary>How a call's handler ended; <paramref name="Detail"/> is for the operator and never holds what was said.</summary>
internal readonly record struct CallEnd(CallEndReason Reason, string? Detail = null)
{
    /// <summary>The reason as it appears in records, metrics and logs.</summary>
    public string Code => Reason switch
    {
        CallEndReason.CallerHungUp => "caller_hung_up",
        CallEndReason.AgentEnded => "agent_ended",
        CallEndReason.Transferred => "transferred",
        CallEndReason.Silent => "silent",
        CallEndReason.TooLong => "too_long",
        CallEndReason.NoAgent => "no_agent",
        CallEndReason.AgentLost => "agent_lost",
        CallEndReason.MediaLost => "media_lost",
        CallEndReason.Superseded => "superseded",
        CallEndReason.Drained or CallEndReason.LineClosed => "drained",
        CallEndReason.Operator => "operator",
        _ => "error",
    };

    /// <summary>Whether the phone call itself must be hung up now: without that the caller would sit in silence.</summary>
    public bool HangsUp => Reason is CallEndReason.AgentEnded or CallEndReason.Silent or CallEndReason.LineClosed or CallEndReason.TooLong
        or CallEndReason.NoAgent or CallEndReason.AgentLost or CallEndReason.Operator or CallEndReason.Error;
}
