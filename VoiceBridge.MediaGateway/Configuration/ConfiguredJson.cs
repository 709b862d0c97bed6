using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace VoiceBridge.MediaGateway.Configuration;

/// <summary>JSON that went through the configuration, which knows only strings and any casing: the schema says what each was. What fits nothing stays a string, for the
/// schema to refuse. A value where a list is wanted is a list of one; <c>off</c> and <c>none</c> are null where that is allowed.</summary>
internal static class ConfiguredJson
{
    /// <param name="section">A section, or a value.</param>
    /// <param name="schema">What it should be.</param>
    /// <param name="isSession">Whether strings may stand in quotes of their own, as numbers that are strings had to.</param>
    public static JsonNode? Read(IConfigurationSection section, Schema schema, bool isSession = false)
    {
        var children = section.GetChildren().ToList();
        if (children.Count == 0)
            return section.Value is { } value ? ReadValue(value, schema, isSession) : null;
        var allowsObject = schema.Branches.Any(branch => branch.Types.Contains("object"));
        if (!allowsObject && children.TrueForAll(child => int.TryParse(child.Key, out _)))
        {
            var items = schema.Items;
            return new JsonArray([.. children.OrderBy(child => int.Parse(child.Key, CultureInfo.InvariantCulture)).Select(child => Read(child, items, isSession))]);
        }
        var json = new JsonObject();
        foreach (var child in children)
        {
            var name = schema.Spelling(child.Key);
            var member = schema.Member(name);
            var read = Read(child, member, isSession || name == "Session");
            // An empty object and null come as no value at all.
            if (read is null && child.Value is null && !member.AllowsNull && member.Types.Contains("object"))
                read = new JsonObject();
            if (read is not null || (member.AllowsNull && (isSession || child.Value is not null)))
                json[name] = read;
        }
        return json;
    }

    /// <summary>Lays <paramref name="over"/> over <paramref name="under"/>: objects are merged, anything else is replaced.</summary>
    public static void Merge(JsonObject under, JsonObject over)
    {
        foreach (var (key, value) in over)
        {
            if (value is JsonObject inner && under[key] is JsonObject existing)
                Merge(existing, inner);
            else
                under[key] = value?.DeepClone();
        }
    }

    private static JsonNode? ReadValue(string value, Schema schema, bool isSession)
    {
        if (schema.AllowsNull && (value.Length == 0 || value.Equals("off", StringComparison.OrdinalIgnoreCase) || value.Equals("none", StringComparison.OrdinalIgnoreCase)))
            return null;
        if (schema.Keyword("x-text") is { } member && !value.StartsWith('{'))
        {
            // Nothing is no name.
            return value.Length == 0 ? null : new JsonObject { [member.GetString()!] = ReadValue(value, schema.Member(member.GetString()!), isSession) };
        }
        return schema.Branches.Select(branch => ReadBranch(value, branch, isSession)).FirstOrDefault(read => read is not null) ?? JsonValue.Create(value);
    }

    private static JsonNode? ReadBranch(string value, Schema schema, bool isSession)
    {
        if (schema.Keyword("enum") is { } allowed)
            return allowed.EnumerateArray().Select(word => word.ToString()).FirstOrDefault(word => word.Equals(value, StringComparison.OrdinalIgnoreCase));
        if (schema.Keyword("const") is { ValueKind: JsonValueKind.String } only && only.ToString().Equals(value, StringComparison.OrdinalIgnoreCase))
            return only.ToString();
        if (schema.Keyword("format") is { } format && format.ValueEquals("time"))
            return TimeSpan.TryParse(value, CultureInfo.InvariantCulture, out var time) ? time.ToString("c", CultureInfo.InvariantCulture) : null;
        if (schema.Types is not { Count: > 0 } types)
            return ReadAny(value);
        foreach (var type in types)
        {
            JsonNode? read = type switch
            {
                "string" => isSession && value is ['"', .., '"'] ? ReadAny(value) : value,
                "boolean" => bool.TryParse(value, out var flag) ? flag : null,
                "integer" or "number" => decimal.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : null,
                "array" when value.StartsWith('[') => ReadAny(value),
                "array" when schema.Items is var items && !items.Branches.Any(branch => branch.Types.Contains("object")) =>
                    value.Length == 0 ? new JsonArray() : new JsonArray(ReadValue(value, items, isSession)),
                "object" when value.StartsWith('{') => ReadAny(value),
                _ => null,
            };
            if (read is not null)
                return read;
        }
        return null;
    }

    /// <summary>A value that is JSON by itself is read as that, every other value is a string.</summary>
    private static JsonNode? ReadAny(string value)
    {
        try
        {
            // The JSON configuration provider turns true into "True".
            return value.Length == 0 || value[0] is not ('{' or '[' or '"' or '-' or 't' or 'f' or 'n' or 'T' or 'F' or (>= '0' and <= '9')) ? value
                : JsonNode.Parse(value is "True" or "False" ? value.ToLowerInvariant() : value);
        }
        catch (JsonException)
        {
            return value;
        }
    }
}
