namespace VoiceBridge.MediaGateway.Configuration;

/// <summary>All that the configuration says of agents at one moment: <c>Agents</c>, <c>Tools</c>, <c>Silence</c> and <c>Prices</c>.</summary>
internal sealed record AgentSettings
{
    public required IReadOnlyDictionary<string, AgentProfile> Profiles { get; init; }

    public required IReadOnlyDictionary<string, HttpToolDefinition> HttpTools { get; init; }

    public required IReadOnlyDictionary<string, McpServerDefinition> Mcp { get; init; }

    public required IReadOnlyDictionary<string, ModelPrice> Prices { get; init; }

    public required ToolLimits Limits { get; init; }

    /// <summary>Reads everything; <paramref name="errors"/> gets a line for each mistake.</summary>
    /// <param name="configuration">The whole configuration.</param>
    /// <param name="registeredTools">Names of the tools that are C# methods.</param>
    /// <param name="errors">Where mistakes go.</param>
    public static AgentSettings Read(IConfiguration configuration, IReadOnlyCollection<string> registeredTools, ICollection<string> errors)
    {
        var tools = new SettingReader(configuration.GetSection("Tools"), errors);
        var limits = ToolLimits.Read(tools, ToolLimits.Default);
        var http = tools.Section("Http").Children()
            .ToDictionary(child => child.Name, child => HttpToolDefinition.Read(child.Name, child.Reader, limits), StringComparer.Ordinal);
        var mcp = tools.Section("Mcp").Children()
            .ToDictionary(child => child.Name, child => McpServerDefinition.Read(child.Name, child.Reader, limits), StringComparer.Ordinal);
        tools.RejectTheRest();
        foreach (var name in http.Keys.Intersect(registeredTools))
            tools.Wrong($"Http:{name}", "has the name of a tool that the program registers itself");

        var silence = new SettingReader(configuration.GetSection("Silence"), errors);
        var plan = silence.Exists ? SilencePlan.Read(silence, SilencePlan.English) : null;
        var agents = new SettingReader(configuration.GetSection("Agents"), errors);
        var profiles = new Dictionary<string, AgentProfile>(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, reader) in agents.Children())
            profiles[name] = ProfileReader.Read(name, reader, plan);
        if (!profiles.ContainsKey(AgentProfile.DefaultName))
            profiles[AgentProfile.DefaultName] = ProfileReader.Read(AgentProfile.DefaultName, agents.Section(AgentProfile.DefaultName), plan);
        CheckNumbers(profiles.Values, agents);
        CheckTools(profiles.Values, agents, [.. registeredTools, .. http.Keys], mcp.Keys);

        return new AgentSettings
        {
            Profiles = profiles,
            HttpTools = http,
            Mcp = mcp,
            Prices = new SettingReader(configuration.GetSection("Prices"), errors).Children()
                .ToDictionary(child => child.Name, child => ModelPrice.Read(child.Reader), StringComparer.OrdinalIgnoreCase),
            Limits = limits,
        };
    }

    private static void CheckNumbers(IEnumerable<AgentProfile> profiles, SettingReader agents)
    {
        var answeredBy = new Dictionary<string, string>();
        foreach (var profile in profiles)
        {
            foreach (var number in profile.Numbers)
            {
                if (!answeredBy.TryAdd(PhoneNumbers.Key(number), profile.Name))
                    agents.Wrong($"{profile.Name}:Numbers", $"holds {number}, which {answeredBy[PhoneNumbers.Key(number)]} has already");
            }
        }
    }

    private static void CheckTools(
        IEnumerable<AgentProfile> profiles, SettingReader agents, IReadOnlyCollection<string> tools, IEnumerable<string> servers)
    {
        var servingTools = servers.ToHashSet(StringComparer.Ordinal);
        foreach (var profile in profiles)
        {
            // What a server has is known when it answers; here only that there is such a server.
            foreach (var tool in profile.Tools ?? [])
            {
                if (!tools.Contains(tool) && !servingTools.Contains(tool.Split('/')[0]))
                    agents.Wrong($"{profile.Name}:Tools", $"names '{tool}', which is no tool and no MCP server");
            }
        }
    }
}
