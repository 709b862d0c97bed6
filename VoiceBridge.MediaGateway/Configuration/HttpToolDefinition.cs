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

    public static HttpToolDefinition Read(string name, SettingReader reader, ToolLimits defaults)
    {
        if (!ToolNames.IsValid(name))
            reader.Wrong("cannot be the name of a tool: letters, digits, _ and -, 64 at most, and none of the built-in ones");
        var schema = reader.Json("Schema") ?? new JsonObject { ["type"] = "object", ["properties"] = new JsonObject() };
        if (ToolSchema.Problem(JsonSerializer.SerializeToElement(schema)) is { } problem)
            reader.Wrong("Schema", problem);
        var definition = new HttpToolDefinition
        {
            Name = name,
            Description = reader.Required("Description") ?? "",
            Schema = JsonSerializer.SerializeToElement(schema),
            Method = new HttpMethod(reader.OneOf("Method", "GET", "POST", "PUT", "PATCH", "DELETE") ?? "GET"),
            UrlTemplate = ReadUrl(reader, schema),
            Headers = reader.Map("Headers"),
            Limits = ToolLimits.Read(reader, defaults),
        };
        foreach (var (header, value) in definition.Headers)
        {
            using var probe = new HttpRequestMessage();
            if (!probe.Headers.TryAddWithoutValidation(header, value) || value.AsSpan().ContainsAny('\r', '\n'))
                reader.Wrong($"Headers:{header}", "cannot be sent as a request header");
        }
        reader.RejectTheRest();
        return definition;
    }

    private static string ReadUrl(SettingReader reader, JsonNode schema)
    {
        var template = reader.Required("Url") ?? "";
        if (template.Length == 0)
            return template;
        var known = (schema as JsonObject)?["properties"] as JsonObject;
        var placeholders = Placeholder.Matches(template).Select(match => match.Groups[1].Value).ToHashSet();
        foreach (var name in QueryNames(template).Where(name => !placeholders.Contains(name) && known?.ContainsKey(name) == true))
            reader.Wrong("Url", $"has '{name}' in its query, which the schema has as an argument");
        foreach (Match match in Placeholder.Matches(template))
        {
            if (known?.ContainsKey(match.Groups[1].Value) != true)
                reader.Wrong("Url", $"uses {match.Value}, which the schema does not have");
        }
        var filled = Placeholder.Replace(template, "x");
        if (!Uri.TryCreate(filled, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https"))
        {
            reader.Wrong("Url", "must be an absolute http or https address");
        }
        else
        {
            // What a caller says must never choose the server.
            var path = template.IndexOf('/', template.IndexOf("://", StringComparison.Ordinal) + 3);
            var first = Placeholder.Match(template);
            if (first.Success && (path < 0 || first.Index < path))
                reader.Wrong("Url", "must not take its server from an argument");
        }
        return template;
    }

    private static HashSet<string> QueryNames(string template) =>
        template.IndexOf('?') is var at and >= 0
            ? new(template[(at + 1)..].Split('#')[0].Split('&').Select(pair => Uri.UnescapeDataString(pair.Split('=')[0].Replace('+', ' '))), StringComparer.OrdinalIgnoreCase)
            : [];
}
