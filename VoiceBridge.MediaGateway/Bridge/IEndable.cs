namespace VoiceBridge.MediaGateway.Bridge;

/// <summary>A call that can be ended from outside.</summary>
internal interface IEndable
{
    void End(CallEnd end);
}
