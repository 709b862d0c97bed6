using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.AI;

namespace VoiceBridge.MediaGateway.Tools;

/// <summary>Reads what a model gives as arguments: models send half a JSON text, lists, leave out what is required, and are talked into more than a tool offers.</summary>
internal static class ToolArguments
{
    private const int MaxLength = 64 * 1024;

    /// <summary>The arguments of <paramref name="tool"/>, or null and what is wrong with them in words for the model. A null where none fits is as good as nothing.</summary>
    public static AIFunctionArguments? Read(string? json, AgentTool tool, IServiceProvider services, out string? wrong)
    {
        var schema = tool.Function.JsonSchema;
        wrong = null;
        if (json?.Length > MaxLength)
        {
            wrong = "The arguments are too long.";
            return null;
        }
        try
        {
            using var document = JsonDocument.Parse(string.IsNullOrWhiteSpace(json) ? "{}" : json);
            // Models write null for a tool that has no arguments.
            using var none = document.RootElement.ValueKind == JsonValueKind.Null ? JsonDocument.Parse("{}") : null;
            var root = none?.RootElement ?? document.RootElement;
            if (root.ValueKind != JsonValueKind.Object)
            {
                wrong = "The arguments must be a JSON object.";
                return null;
            }
            var given = WithoutNulls(root, schema);
            wrong = tool.ChecksItself ? null : SchemaCheck.Unnamed(given, schema) ?? SchemaCheck.Problem(given, schema);
            if (wrong is not null)
                return null;
            var arguments = new AIFunctionArguments { Services = services };
            foreach (var argument in given.EnumerateObject())
                arguments[argument.Name] = argument.Value.Clone();
            return arguments;
        }
        catch (JsonException)
        {
            wrong = "The arguments are not valid JSON.";
            return null;
        }
    }

    private static JsonElement WithoutNulls(JsonElement arguments, JsonElement schema)
    {
        bool IsNothing(JsonProperty argument) => argument.Value.ValueKind == JsonValueKind.Null && !SchemaCheck.IsRequired(schema, argument.Name)
            && SchemaCheck.PropertyOf(schema, argument.Name) is { } its && !SchemaCheck.FitsType(argument.Value, its);

        if (!arguments.EnumerateObject().Any(IsNothing))
            return arguments;
        var left = new JsonObject();
        foreach (var argument in arguments.EnumerateObject())
        {
            if (!IsNothing(argument))
                left[argument.Name] = JsonNode.Parse(argument.Value.GetRawText());
        }
        return JsonSerializer.SerializeToElement(left);
    }
}
