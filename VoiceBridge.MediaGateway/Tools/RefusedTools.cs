using System.Collections.Concurrent;

namespace VoiceBridge.MediaGateway.Tools;

/// <summary>Tools whose descriptions the service refuses: no session of the agent has them until the process starts anew, or their description is another one.
/// An MCP server that changes its list must not take the telephone line down.</summary>
internal sealed class RefusedTools
{
    private readonly ConcurrentDictionary<(string Agent, OfferedTool Tool), bool> _refused = new();

    public void Add(string agent, OfferedTool tool) => _refused[(agent, tool)] = true;

    public bool Contains(string agent, OfferedTool tool) => _refused.ContainsKey((agent, tool));
}

/// <summary>A tool as a session is offered it.</summary>
/// <param name="Name">For messages to the operator.</param>
/// <param name="Description">Its JSON.</param>
internal readonly record struct OfferedTool(string Name, string Description);
