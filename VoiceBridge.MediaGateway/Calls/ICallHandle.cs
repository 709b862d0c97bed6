using VoiceBridge.MediaGateway.Calls.Facts;

namespace VoiceBridge.MediaGateway.Calls;

/// <summary>A call as seen from outside; from any thread.</summary>
internal interface ICallHandle
{
    void End(CallEnd end);

    /// <summary>The call cannot go on here, nor anywhere else: the agent says goodbye and hangs up.</summary>
    void SayGoodbyeAndEnd(CallEndReason reason);

    /// <summary>The cluster has forgotten the call: what is known of it here is written again.</summary>
    void WriteAgain();
}
