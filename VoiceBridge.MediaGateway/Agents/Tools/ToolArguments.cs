using System.Text.Json;
using Microsoft.Extensions.AI;

namespace VoiceBridge.MediaGateway.Agents.Tools;

/// <summary>Reads what a model gives as arguments: models send half a JSON text, lists, or leave out what is required.</summary>
internal static class ToolArguments
{
    private const int MaxLength = 64 * 1024;

    /// <summary>The arguments, or null and what is wrong with them in words for the model.</summary>
    public static AIFunctionArguments? Read(string? json, JsonElement schema, IServiceProvider services, out string? wrong)
    {
        wrong = null;
        if (json?.Length > MaxLength)
        {
            wrong = "The arguments are too long.";
            return null;
        }
        try
        {
            using var document = JsonDocument.Parse(string.IsNullOrWhiteSpace(json) ? "{}" : json);
            if (document.RootElement.ValueKind != JsonValueKind.Object)
            {
                wrong = "The arguments must be a JSON object.";
                return null;
            }
            var arguments = new AIFunctionArguments { Services = services };
            foreach (var argument in document.RootElement.EnumerateObject())
                arguments[argument.Name] = argument.Value.Clone();
            wrong = MissingFrom(arguments, schema);
            return wrong is null ? arguments : null;
        }
        catch (JsonException)
        {
            wrong = "The arguments are not valid JSON.";
            return null;
        }
    }

    private static string? MissingFrom(AIFunctionArguments arguments, JsonElement schema)
    {
        if (schema.ValueKind != JsonValueKind.Object
            || !schema.TryGetProperty("required", out var required) || required.ValueKind != JsonValueKind.Array)
            return null;
        foreach (var name in required.EnumerateArray())
        {
            if (name.GetString() is { } text && !arguments.ContainsKey(text))
                return $"The argument '{text}' is missing.";
        }
        return null;
    }
}
