using Microsoft.Extensions.Options;

namespace VoiceBridge.MediaGateway.Configuration;

/// <summary>Reads the settings, for the validation at the start, which names the mistakes of all options, and for the monitor.</summary>
internal sealed class AgentSettingsFactory(IConfiguration configuration, IEnumerable<RegisteredTool> registeredTools) : IOptionsFactory<AgentSettings>
{
    public AgentSettings Create(string name) => AgentSettings.Read(configuration, [.. registeredTools.Select(tool => tool.Function.Name)]);
}
