using VoiceBridge.MediaGateway.Calls.Facts;
using VoiceBridge.MediaGateway.Configuration;

namespace VoiceBridge.MediaGateway.Agents;

internal interface ICallAgentFactory
{
    /// <summary>Who answers a call: as its ticket asks, else by the dialled number. The call keeps this profile.</summary>
    AgentProfile Choose(CallFacts facts);

    /// <summary>Makes the agent of one call; for a call that was <see cref="CallFacts.Resumed"/> reads the working turns of the handler
    /// before. Runs while the Voice Live session is being opened; must not fail because Redis does.</summary>
    Task<ICallAgent> CreateAsync(AgentProfile profile, ICallControls controls, CancellationToken cancellationToken);
}
