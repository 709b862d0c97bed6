namespace VoiceBridge.MediaGateway.Bridge;

/// <summary>A call as seen from outside.</summary>
internal interface IEndable
{
    void End(CallEnd end);

    /// <summary>The cluster has forgotten the call: what is known of it here is written again.</summary>
    void WriteAgain();
}
