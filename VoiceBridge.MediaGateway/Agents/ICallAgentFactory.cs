using VoiceBridge.MediaGateway.Bridge;

namespace VoiceBridge.MediaGateway.Agents;

internal interface ICallAgentFactory
{
    /// <summary>Makes the agent of one call: chooses the profile by the call's facts, and for a call that was
    /// <see cref="CallFacts.Resumed"/> reads the working turns of the handler before. Runs while the Voice Live session is being opened; must not fail because Redis does.</summary>
    Task<ICallAgent> CreateAsync(ICallControls controls, CancellationToken cancellationToken);
}
