using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Options;

namespace VoiceBridge.MediaGateway.Configuration;

/// <summary>All that the configuration says of agents at one moment: <c>Agents</c>, <c>Tools</c>, <c>Silence</c> and <c>Prices</c>.</summary>
internal sealed record AgentSettings
{
    public required IReadOnlyDictionary<string, AgentProfile> Profiles { get; init; }

    public required IReadOnlyDictionary<string, HttpToolDefinition> HttpTools { get; init; }

    public required IReadOnlyDictionary<string, McpServerDefinition> Mcp { get; init; }

    public required IReadOnlyDictionary<string, ModelPrice> Prices { get; init; }

    public required ToolLimits Limits { get; init; }

    /// <summary>What works and should be changed.</summary>
    public required IReadOnlyList<string> Warnings { get; init; }

    /// <summary>Reads everything.</summary>
    /// <param name="configuration">The whole configuration.</param>
    /// <param name="registeredTools">Names of the tools that are C# methods.</param>
    /// <exception cref="OptionsValidationException">There are mistakes: all of them, each with the name of its setting.</exception>
    public static AgentSettings Read(IConfiguration configuration, IReadOnlyCollection<string> registeredTools)
    {
        var (tools, silence, prices) = (Section("Tools"), Section("Silence"), Section("Prices"));
        var (http, mcp) = (tools["Http"] as JsonObject ?? [], tools[nameof(Mcp)] as JsonObject ?? []);
        var agents = configuration.GetSection("Agents");
        var profiles = agents.GetChildren().Select(section => section.Key).Append(AgentProfile.DefaultName).Distinct(StringComparer.OrdinalIgnoreCase)
            .ToDictionary(name => name, name => new ProfileReader(name, agents.GetSection(name)), StringComparer.OrdinalIgnoreCase);

        string[] errors =
        [
            .. Problems("Tools", tools), .. Problems("Silence", silence), .. Problems("Prices", prices),
            .. Objects(http).SelectMany(tool => HttpToolDefinition.Problems(tool.Name, tool.Json).Select(problem => Line($"Tools:Http:{tool.Name}", problem))),
            .. http.Select(tool => tool.Key).Intersect(registeredTools).Select(name => $"Tools:Http:{name} has the name of a tool that the program registers itself."),
            .. Objects(mcp).SelectMany(server => McpServerDefinition.Problems(server.Name, server.Json).Select(problem => Line($"Tools:Mcp:{server.Name}", problem))),
            .. profiles.Values.SelectMany(profile => profile.Errors),
            .. ProblemsOfNumbers(profiles),
            .. ProblemsOfTools(profiles, [.. registeredTools, .. http.Select(tool => tool.Key)], [.. mcp.Select(server => server.Key)]),
        ];
        if (errors.Length > 0)
            throw new OptionsValidationException("Agents", typeof(AgentSettings), errors);

        var limits = ToolLimits.Default.With(tools);
        return new AgentSettings
        {
            Profiles = profiles.ToDictionary(profile => profile.Key, profile => profile.Value.Make(silence), StringComparer.OrdinalIgnoreCase),
            HttpTools = Objects(http).ToDictionary(tool => tool.Name, tool => HttpToolDefinition.Make(tool.Name, tool.Json, limits), StringComparer.Ordinal),
            Mcp = Objects(mcp).ToDictionary(server => server.Name, server => McpServerDefinition.Make(server.Name, server.Json, limits), StringComparer.Ordinal),
            Prices = Objects(prices).ToDictionary(price => price.Name, price => ModelPrice.Make(price.Json), StringComparer.OrdinalIgnoreCase),
            Limits = limits,
            Warnings = [.. profiles.Values.SelectMany(profile => profile.Warnings)],
        };

        JsonObject Section(string name) => ConfiguredJson.Read(configuration.GetSection(name), Schema.OfSettings.Member(name)) as JsonObject ?? [];
    }

    private static IEnumerable<string> Problems(string section, JsonObject json) =>
        Schema.OfSettings.Member(section).Problems(JsonSerializer.SerializeToElement(json), separator: ':').Select(problem => Line(section, problem));

    private static IEnumerable<(string Name, JsonObject Json)> Objects(JsonObject json) =>
        json.Where(member => member.Value is JsonObject).Select(member => (member.Key, (JsonObject)member.Value!));

    private static string Line(string section, SchemaProblem problem) => $"{section}{(problem.Path.Length == 0 ? "" : ":")}{problem.Path} {problem.What}.";

    private static IEnumerable<string> ProblemsOfNumbers(Dictionary<string, ProfileReader> profiles)
    {
        var answeredBy = new Dictionary<string, string>();
        foreach (var (name, profile) in profiles)
        {
            foreach (var number in profile.Numbers)
            {
                if (!answeredBy.TryAdd(PhoneNumbers.Key(number), name))
                    yield return $"{profile.PathOf("Numbers")} holds {number}, which {answeredBy[PhoneNumbers.Key(number)]} has already.";
            }
        }
    }

    // What a server has is known when it answers; here only that there is such a server.
    private static IEnumerable<string> ProblemsOfTools(Dictionary<string, ProfileReader> profiles, HashSet<string> tools, HashSet<string> servers) =>
        from profile in profiles.Values
        from tool in profile.Tools ?? []
        where !tools.Contains(tool) && !servers.Contains(tool.Split('/')[0])
        select $"{profile.PathOf("Tools")} names '{tool}', which is no tool and no MCP server.";
}
