using Microsoft.Extensions.AI;
using VoiceBridge.MediaGateway.Configuration;

namespace VoiceBridge.MediaGateway.Tools;

/// <summary>A tool as the model sees it, with its limits.</summary>
/// <param name="Function">What runs.</param>
/// <param name="Limits">How long, how much.</param>
/// <param name="Server">The MCP server it comes from, if any.</param>
/// <param name="OutlivesCall">Goes on when the call ends: what it does may be the reason for that.</param>
/// <param name="ChecksItself">Reads the arguments of its schema and no others, and says itself what is wrong with them.</param>
internal sealed record AgentTool(AIFunction Function, ToolLimits Limits, string? Server = null, bool OutlivesCall = false, bool ChecksItself = false)
{
    public string Name => Function.Name;
}
