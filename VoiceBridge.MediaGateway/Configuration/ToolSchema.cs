using System.Text.Json;

namespace VoiceBridge.MediaGateway.Configuration;

/// <summary>Checks the schema of a tool's arguments before it goes into a session: the service refuses a session with one wrong schema as a whole.</summary>
internal static class ToolSchema
{
    private const int MaxCharacters = 32 * 1024;
    private const int MaxDepth = 16;
    private static readonly string[] Types = ["object", "array", "string", "boolean", "number", "integer", "null"];

    /// <summary>What is wrong with it, as the end of a sentence; null when nothing is.</summary>
    public static string? Problem(JsonElement schema) =>
        schema.ValueKind != JsonValueKind.Object || !schema.TryGetProperty("type", out var type) || type.ValueKind != JsonValueKind.String || !type.ValueEquals("object")
            ? "must be a JSON schema of type object"
            : schema.GetRawText().Length > MaxCharacters ? $"is longer than {MaxCharacters} characters" : ProblemAt(schema, "", 0);

    private static string? ProblemAt(JsonElement schema, string path, int depth)
    {
        if (schema.ValueKind is JsonValueKind.True or JsonValueKind.False)
            return null;
        if (schema.ValueKind != JsonValueKind.Object)
            return $"has no schema at '{path}'";
        if (depth > MaxDepth)
            return $"is nested more than {MaxDepth} deep at '{path}'";
        foreach (var keyword in schema.EnumerateObject())
        {
            var at = path.Length == 0 ? keyword.Name : $"{path}.{keyword.Name}";
            var problem = keyword.Name switch
            {
                "type" when !IsType(keyword.Value) => $"has no type of JSON at '{at}'",
                "required" when !IsListOf(keyword.Value, item => item.ValueKind == JsonValueKind.String) => $"has no list of names at '{at}'",
                "enum" when !IsListOf(keyword.Value, _ => true) || keyword.Value.GetArrayLength() == 0 => $"has no list of values at '{at}'",
                "properties" when keyword.Value.ValueKind != JsonValueKind.Object => $"has no object at '{at}'",
                "properties" => keyword.Value.EnumerateObject().Select(property => ProblemAt(property.Value, $"{at}.{property.Name}", depth + 1)).FirstOrDefault(found => found is not null),
                "items" or "additionalProperties" => ProblemAt(keyword.Value, at, depth + 1),
                "anyOf" or "oneOf" or "allOf" when !IsListOf(keyword.Value, _ => true) => $"has no list at '{at}'",
                "anyOf" or "oneOf" or "allOf" => keyword.Value.EnumerateArray().Select(one => ProblemAt(one, at, depth + 1)).FirstOrDefault(found => found is not null),
                _ => null,
            };
            if (problem is not null)
                return problem;
        }
        return null;
    }

    private static bool IsType(JsonElement type) => type.ValueKind == JsonValueKind.String ? Types.Contains(type.GetString())
        : IsListOf(type, item => item.ValueKind == JsonValueKind.String && Types.Contains(item.GetString()));

    private static bool IsListOf(JsonElement list, Func<JsonElement, bool> fits) => list.ValueKind == JsonValueKind.Array && list.EnumerateArray().All(fits);
}
