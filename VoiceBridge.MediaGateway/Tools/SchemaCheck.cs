using System.Text.Json;

namespace VoiceBridge.MediaGateway.Tools;

/// <summary>
/// Checks a model's arguments against the keywords of JSON Schema that tools are described with: <c>type</c>, <c>enum</c>, <c>const</c>, <c>required</c>,
/// <c>properties</c>, <c>additionalProperties</c> and <c>items</c>. Others (<c>pattern</c>, <c>minimum</c>, <c>anyOf</c>, <c>$ref</c> and so on) are not checked.
/// </summary>
internal static class SchemaCheck
{
    private const int MaxNamed = 5;
    private const int MaxNameLength = 64;

    // What they allow is not looked at, so an argument that "properties" does not name may still be one of the tool's.
    private static readonly string[] Elsewhere = ["patternProperties", "$ref", "allOf", "anyOf", "oneOf", "if"];

    /// <summary>What is wrong with the arguments, in words for the model; null when nothing is.</summary>
    public static string? Problem(JsonElement arguments, JsonElement schema) => ProblemOf(arguments, schema, "");

    /// <summary>Names that the schema does not have among its properties, as a sentence for the model; null when there are none, or the schema allows others.</summary>
    public static string? Unnamed(JsonElement arguments, JsonElement schema)
    {
        if (IsOpen(schema))
            return null;
        var unnamed = arguments.EnumerateObject().Select(argument => argument.Name).Where(name => PropertyOf(schema, name) is null).ToArray();
        return unnamed.Length == 0 ? null
            : $"This tool has no argument {string.Join(", ", unnamed.Take(MaxNamed).Select(name => $"'{name[..Math.Min(name.Length, MaxNameLength)]}'"))}.";
    }

    /// <summary>The schema of a property; null when the schema names no such property.</summary>
    public static JsonElement? PropertyOf(JsonElement schema, string name) =>
        Keyword(schema, "properties") is { ValueKind: JsonValueKind.Object } properties && properties.TryGetProperty(name, out var property) ? property : null;

    public static bool IsRequired(JsonElement schema, string name) =>
        Keyword(schema, "required") is { ValueKind: JsonValueKind.Array } required && required.EnumerateArray().Any(other => IsText(other, name));

    public static bool FitsType(JsonElement value, JsonElement schema) => Keyword(schema, "type") switch
    {
        { ValueKind: JsonValueKind.String } type => IsOfType(value, type.GetString()),
        { ValueKind: JsonValueKind.Array } types => types.EnumerateArray().Any(type => type.ValueKind != JsonValueKind.String || IsOfType(value, type.GetString())),
        _ => true,
    };

    private static string? ProblemOf(JsonElement value, JsonElement schema, string path)
    {
        if (schema.ValueKind == JsonValueKind.False)
            return $"{Subject(path)} is not allowed.";
        if (!FitsType(value, schema))
            return $"{Subject(path)} must be of type {TypesOf(schema)}.";
        if (Keyword(schema, "enum") is { ValueKind: JsonValueKind.Array } allowed && !allowed.EnumerateArray().Any(other => JsonElement.DeepEquals(value, other)))
            return $"{Subject(path)} must be one of {allowed.GetRawText()}.";
        if (Keyword(schema, "const") is { } only && !JsonElement.DeepEquals(value, only))
            return $"{Subject(path)} must be {only.GetRawText()}.";
        return value.ValueKind switch
        {
            JsonValueKind.Object => ProblemOfObject(value, schema, path),
            JsonValueKind.Array when Keyword(schema, "items") is { } items =>
                value.EnumerateArray().Select((item, i) => ProblemOf(item, items, $"{path}[{i}]")).FirstOrDefault(problem => problem is not null),
            _ => null,
        };
    }

    private static string? ProblemOfObject(JsonElement value, JsonElement schema, string path)
    {
        if (Keyword(schema, "required") is { ValueKind: JsonValueKind.Array } required)
        {
            foreach (var name in required.EnumerateArray())
            {
                if (name.ValueKind == JsonValueKind.String && !value.TryGetProperty(name.GetString()!, out _))
                    return $"The argument '{Join(path, name.GetString()!)}' is missing.";
            }
        }
        var others = Keyword(schema, "additionalProperties");
        foreach (var member in value.EnumerateObject())
        {
            var known = PropertyOf(schema, member.Name);
            // Patterns are not looked at: a name may be one of theirs.
            if (known is null && others is { ValueKind: JsonValueKind.False } && Keyword(schema, "patternProperties") is not null)
                continue;
            if ((known ?? others) is { } its && ProblemOf(member.Value, its, Join(path, member.Name)) is { } problem)
                return problem;
        }
        return null;
    }

    private static bool IsOpen(JsonElement schema) =>
        Keyword(schema, "additionalProperties") is { ValueKind: JsonValueKind.True or JsonValueKind.Object }
        || Array.Exists(Elsewhere, keyword => Keyword(schema, keyword) is not null);

    private static bool IsOfType(JsonElement value, string? type) => type switch
    {
        "object" => value.ValueKind == JsonValueKind.Object,
        "array" => value.ValueKind == JsonValueKind.Array,
        "string" => value.ValueKind == JsonValueKind.String,
        "boolean" => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
        "null" => value.ValueKind == JsonValueKind.Null,
        "number" => value.ValueKind == JsonValueKind.Number,
        "integer" => value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number) && Math.Floor(number) == number,
        _ => true,
    };

    private static string TypesOf(JsonElement schema) => Keyword(schema, "type") switch
    {
        { ValueKind: JsonValueKind.String } type => type.GetString()!,
        { } types => string.Join(" or ", types.EnumerateArray().Select(type => type.ToString())),
        null => "any",
    };

    private static JsonElement? Keyword(JsonElement schema, string name) =>
        schema.ValueKind == JsonValueKind.Object && schema.TryGetProperty(name, out var keyword) ? keyword : null;

    private static bool IsText(JsonElement element, string text) => element.ValueKind == JsonValueKind.String && element.ValueEquals(text);

    private static string Subject(string path) => path.Length == 0 ? "The arguments" : $"The argument '{path}'";

    private static string Join(string path, string name)
    {
        var shown = name[..Math.Min(name.Length, MaxNameLength)];
        return path.Length == 0 ? shown : $"{path}.{shown}";
    }
}
