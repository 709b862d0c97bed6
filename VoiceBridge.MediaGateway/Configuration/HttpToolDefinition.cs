using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace VoiceBridge.MediaGateway.Configuration;

/// <summary><c>Tools:Http:&lt;name&gt;</c>: an HTTP endpoint that the model may call.</summary>
internal sealed partial record HttpToolDefinition
{
    public required string Name { get; init; }

    public required string Description { get; init; }

    /// <summary>JSON schema of the arguments, an object.</summary>
    public required JsonElement Schema { get; init; }

    public required HttpMethod Method { get; init; }

    /// <summary>Address with <c>{argument}</c>s, which are escaped when filled in. The other arguments go into the query (GET, DELETE) or
    /// into a JSON body.</summary>
    public required string UrlTemplate { get; init; }

    /// <summary>The names in the template's query: no argument is sent under one of them.</summary>
    public IReadOnlySet<string> FixedQueryNames => field ??= QueryNames(UrlTemplate);

    /// <summary>Sent with each request; secrets belong here.</summary>
    public required IReadOnlyDictionary<string, string> Headers { get; init; }

    public required ToolLimits Limits { get; init; }

    [GeneratedRegex(@"\{([A-Za-z0-9_\-]+)\}")]
    public static partial Regex Placeholder { get; }

    public static HttpToolDefinition Make(string name, JsonObject json, ToolLimits defaults) => new()
    {
        Name = name,
        Description = (string)json[nameof(Description)]!,
        Schema = JsonSerializer.SerializeToElement(SchemaOf(json)),
        Method = new HttpMethod((string?)json[nameof(Method)] ?? "GET"),
        UrlTemplate = (string)json["Url"]!,
        Headers = json[nameof(Headers)].Deserialize<Dictionary<string, string>>() ?? [],
        Limits = defaults.With(json),
    };

    /// <summary>What the schema of the settings cannot say: where, and what is wrong.</summary>
    public static IEnumerable<SchemaProblem> Problems(string name, JsonObject json)
    {
        if (!ToolNames.IsValid(name))
            yield return new("", "cannot be the name of a tool: letters, digits, _ and -, 64 at most, and none of the built-in ones");
        foreach (var (header, value) in json[nameof(Headers)] as JsonObject ?? [])
        {
            using var probe = new HttpRequestMessage();
            if (!probe.Headers.TryAddWithoutValidation(header, value?.ToString()) || value?.ToString().AsSpan().ContainsAny('\r', '\n') == true)
                yield return new($"Headers:{header}", "cannot be sent as a request header");
        }
        if (json["Url"] is not JsonValue url || url.ToString() is not { Length: > 0 } template)
            yield break;
        foreach (var problem in ProblemsOfUrl(template, SchemaOf(json)["properties"] as JsonObject ?? []))
            yield return new("Url", problem);
    }

    private static IEnumerable<string> ProblemsOfUrl(string template, JsonObject known)
    {
        var placeholders = Placeholder.Matches(template).Select(match => match.Groups[1].Value).ToHashSet();
        foreach (var name in QueryNames(template).Where(name => !placeholders.Contains(name) && known.ContainsKey(name)))
            yield return $"has '{name}' in its query, which the schema has as an argument";
        foreach (var name in placeholders.Where(name => !known.ContainsKey(name)))
            yield return $"uses {{{name}}}, which the schema does not have";
        if (!Uri.TryCreate(Placeholder.Replace(template, "x"), UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https"))
        {
            yield return "must be an absolute http or https address";
            yield break;
        }
        // What a caller says must never choose the server.
        var path = template.IndexOf('/', template.IndexOf("://", StringComparison.Ordinal) + 3);
        var first = Placeholder.Match(template);
        if (first.Success && (path < 0 || first.Index < path))
            yield return "must not take its server from an argument";
    }

    private static JsonNode SchemaOf(JsonObject json) => json[nameof(Schema)] as JsonObject ?? new JsonObject { ["type"] = "object", ["properties"] = new JsonObject() };

    private static HashSet<string> QueryNames(string template) =>
        template.IndexOf('?') is var at and >= 0
            ? new(template[(at + 1)..].Split('#')[0].Split('&').Select(pair => Uri.UnescapeDataString(pair.Split('=')[0].Replace('+', ' '))), StringComparer.OrdinalIgnoreCase)
            : [];
}
