using VoiceBridge.MediaGateway.Calls.Facts;
using VoiceBridge.MediaGateway.Configuration;
using VoiceBridge.MediaGateway.Tools;
using VoiceBridge.MediaGateway.Tools.Http;
using VoiceBridge.MediaGateway.Tools.Mcp;

namespace VoiceBridge.MediaGateway.Agents;

/// <summary>All tools there are, from the program, from HTTP endpoints and from MCP servers; opens the registry of a call from them.</summary>
internal sealed partial class ToolCatalogue(
    AgentSettingsMonitor settings,
    IEnumerable<RegisteredTool> registered,
    McpServers servers,
    IHttpClientFactory clients,
    IServiceScopeFactory scopes,
    ILogger<ToolCatalogue> logger)
{
    /// <summary>Opens a call's registry with what its profile allows.</summary>
    /// <param name="profile">Who answers.</param>
    /// <param name="facts">The call, for tools that ask for <see cref="CallContext"/>.</param>
    /// <param name="builtIn">The call's own tools.</param>
    public ToolRegistry Open(AgentProfile profile, CallFacts facts, IEnumerable<AgentTool> builtIn)
    {
        var tools = new Dictionary<string, AgentTool>(StringComparer.Ordinal);
        foreach (var tool in builtIn)
            tools[tool.Name] = tool;
        foreach (var tool in All().Where(tool => IsAllowed(profile, tool)))
        {
            if (!tools.TryAdd(tool.Name, tool))
                Log.NameTaken(logger, tool.Name, tool.Server ?? "");
        }
        foreach (var missing in servers.All.Where(server => server.Tools.Count == 0 && IsNamed(profile, server.Name)))
            Log.ServerMissing(logger, missing.Name);

        var scope = scopes.CreateAsyncScope();
        var context = scope.ServiceProvider.GetRequiredService<CallContext>();
        context.CallId = facts.CallId;
        context.CorrelationId = facts.CorrelationId;
        context.CallerId = facts.CallerId;
        context.CalledNumber = facts.CalledNumber;
        context.Agent = profile.Name;
        return new ToolRegistry(tools, scope);
    }

    private IEnumerable<AgentTool> All()
    {
        var current = settings.Current;
        foreach (var tool in registered)
            yield return new AgentTool(tool.Function, current.Limits with { Timeout = tool.Timeout ?? current.Limits.Timeout });
        foreach (var definition in current.HttpTools.Values)
            yield return new AgentTool(new HttpTool(definition, clients), definition.Limits);
        foreach (var server in servers.All)
        {
            foreach (var tool in server.Tools)
                yield return new AgentTool(tool, server.Limits, server.Name);
        }
    }

    private static bool IsAllowed(AgentProfile profile, AgentTool tool) => profile.Tools is not { } names
        || (tool.Server is { } server
            ? names.Contains(server) || names.Contains($"{server}/{(tool.Function as McpTool)?.NameAtServer}")
            : names.Contains(tool.Name));

    private static bool IsNamed(AgentProfile profile, string server) =>
        profile.Tools is not { } names || names.Any(name => name == server || name.StartsWith(server + "/", StringComparison.Ordinal));

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "Two tools are named {Tool}; the one of MCP server '{Server}' is left out")]
        public static partial void NameTaken(ILogger logger, string tool, string server);

        [LoggerMessage(2, LogLevel.Warning, "A call begins without the tools of MCP server {Server}: it has not been reached yet")]
        public static partial void ServerMissing(ILogger logger, string server);
    }
}
