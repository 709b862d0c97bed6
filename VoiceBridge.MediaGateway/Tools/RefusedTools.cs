using System.Collections.Concurrent;

namespace VoiceBridge.MediaGateway.Tools;

/// <summary>Tools whose descriptions the service refuses: no session of the agent has them until the process starts anew. An MCP server that changes its list
/// must not take the telephone line down.</summary>
internal sealed class RefusedTools
{
    private readonly ConcurrentDictionary<(string Agent, string Tool), bool> _refused = new();

    public void Add(string agent, string tool) => _refused[(agent, tool)] = true;

    public bool Contains(string agent, string tool) => _refused.ContainsKey((agent, tool));
}
