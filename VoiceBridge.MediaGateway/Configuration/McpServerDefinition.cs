namespace VoiceBridge.MediaGateway.Configuration;

/// <summary><c>Tools:Mcp:&lt;name&gt;</c>: a server of tools, reached by its address (streamable HTTP) or started as a program (stdio).</summary>
internal sealed record McpServerDefinition
{
    public required string Name { get; init; }

    public Uri? Url { get; init; }

    /// <summary>Sent with each request; secrets belong here.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    public string? Command { get; init; }

    public IReadOnlyList<string> Arguments { get; init; } = [];

    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    public string? WorkingDirectory { get; init; }

    /// <summary>How long connecting may take; as long the start of the gateway waits for it.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(10);

    public required ToolLimits Limits { get; init; }

    public static McpServerDefinition Read(string name, SettingReader reader, ToolLimits defaults)
    {
        if (!ToolNames.IsValid(name))
            reader.Wrong("cannot be the name of a server: letters, digits, _ and -, 64 at most");
        var definition = new McpServerDefinition
        {
            Name = name,
            Url = reader.Address("Url", required: false),
            Headers = reader.Map("Headers"),
            Command = reader.Text("Command", 1_000),
            Arguments = reader.List("Arguments"),
            Environment = reader.Map("Environment"),
            WorkingDirectory = reader.Text("WorkingDirectory", 1_000),
            ConnectTimeout = reader.Duration("ConnectTimeout", TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(2))
                ?? TimeSpan.FromSeconds(10),
            Limits = ToolLimits.Read(reader, defaults),
        };
        if (reader.Has("Url") == reader.Has("Command"))
            reader.Wrong("must have either Url or Command");
        reader.RejectTheRest();
        return definition;
    }
}
