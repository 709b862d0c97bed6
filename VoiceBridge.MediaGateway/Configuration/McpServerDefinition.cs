using System.Text.Json;
using System.Text.Json.Nodes;

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

    public static McpServerDefinition Make(string name, JsonObject json, ToolLimits defaults) => new()
    {
        Name = name,
        Url = json[nameof(Url)].Deserialize<Uri>(),
        Headers = json[nameof(Headers)].Deserialize<Dictionary<string, string>>() ?? [],
        Command = (string?)json[nameof(Command)],
        Arguments = json[nameof(Arguments)].Deserialize<string[]>() ?? [],
        Environment = json[nameof(Environment)].Deserialize<Dictionary<string, string>>() ?? [],
        WorkingDirectory = (string?)json[nameof(WorkingDirectory)],
        ConnectTimeout = json[nameof(ConnectTimeout)].Deserialize<TimeSpan?>() ?? TimeSpan.FromSeconds(10),
        Limits = defaults.With(json),
    };

    /// <summary>What the schema of the settings cannot say.</summary>
    public static IEnumerable<SchemaProblem> Problems(string name, JsonObject json)
    {
        if (!ToolNames.IsValid(name))
            yield return new("", "cannot be the name of a server: letters, digits, _ and -, 64 at most");
        if (json.ContainsKey(nameof(Url)) == json.ContainsKey(nameof(Command)))
            yield return new("", "must have either Url or Command");
    }
}
