namespace VoiceBridge.CallControl.Calls.Recovery;

/// <summary>What is known of a call without media.</summary>
/// <param name="CallOver">It has ended or was rejected.</param>
/// <param name="MediaOpen">It has a media socket again.</param>
/// <param name="Transfer">Its latest transfer.</param>
/// <param name="Known">Whether Redis says so now; otherwise it is what was known last, and the media may be back.</param>
internal readonly record struct CallMediaStatus(bool CallOver, bool MediaOpen, TransferSight Transfer, bool Known);

/// <summary>What is known of a transfer of such a call.</summary>
internal enum TransferSight
{
    None,

    /// <summary>The agent's, and the call may come back from it.</summary>
    ByAgent,

    /// <summary>To the overflow number.</summary>
    ToOverflow,

    /// <summary>The agent's, refused or not accepted.</summary>
    AgentsFailed,

    /// <summary>To the overflow number, refused or not accepted: nothing is left to try.</summary>
    OverflowFailed,
}
