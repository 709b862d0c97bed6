using System.Text.Json;
using System.Text.Json.Nodes;

namespace VoiceBridge.MediaGateway.Configuration;

/// <summary>JSON that went through the configuration, which knows only strings. A value that is JSON by itself (a number, true, false,
/// null, a quoted string, an object or a list) is read as that, every other value is a string; keys 0, 1, 2... make a list.
/// A string that looks like a number is written with its quotes: <c>"\"1.1\""</c>.</summary>
internal static class ConfiguredJson
{
    public static JsonNode? Read(IConfigurationSection section)
    {
        var children = section.GetChildren().ToList();
        if (children.Count == 0)
            return ReadValue(section.Value);
        if (children.TrueForAll(child => int.TryParse(child.Key, out _)))
            return new JsonArray([.. children.OrderBy(child => int.Parse(child.Key, null)).Select(Read)]);
        var json = new JsonObject();
        foreach (var child in children)
            json[child.Key] = Read(child);
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

    private static JsonNode? ReadValue(string? value)
    {
        if (string.IsNullOrEmpty(value))
            return value is null ? null : JsonValue.Create(value);
        if (value[0] is not ('{' or '[' or '"' or '-' or 't' or 'f' or 'n' or (>= '0' and <= '9')) && value is not ("True" or "False"))
            return JsonValue.Create(value);
        try
        {
            // The JSON configuration provider turns true into "True".
            return JsonNode.Parse(value is "True" or "False" ? value.ToLowerInvariant() : value);
        }
        catch (JsonException)
        {
            return JsonValue.Create(value);
        }
    }
}
