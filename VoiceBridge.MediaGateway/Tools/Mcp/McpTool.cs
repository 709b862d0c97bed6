using System.Text.Json;
using Microsoft.Extensions.AI;
using ModelContextProtocol.Client;

namespace VoiceBridge.MediaGateway.Tools.Mcp;

/// <summary>A tool of an MCP server, called over whatever connection there is to it at the time.</summary>
internal sealed class McpTool(McpServer server, McpClientTool tool, string name) : AIFunction
{
    public string NameAtServer { get; } = tool.Name;

    public override string Name => name;

    public override string Description { get; } = tool.Description;

    public override JsonElement JsonSchema { get; } = tool.JsonSchema;

    protected override async ValueTask<object?> InvokeCoreAsync(AIFunctionArguments arguments, CancellationToken cancellationToken) =>
        await server.CallAsync(NameAtServer, arguments, ToolRunner.KeyOf(arguments), cancellationToken).ConfigureAwait(false);
}
