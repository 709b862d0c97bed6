using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.AI;
using VoiceBridge.MediaGateway.Configuration;

namespace VoiceBridge.MediaGateway.Tools;

/// <summary>Reads what a model gives as arguments: models send half a JSON text, lists, leave out what is required, and are talked into more than a tool offers.</summary>
internal static class ToolArguments
{
    private const int MaxLength = 64 * 1024;
    private const int MaxNamed = 5;
    private const int MaxNameLength = 64;

    // What they allow is not looked at, so an argument that "properties" does not name may still be one of the tool's.
    private static readonly string[] Elsewhere = ["patternProperties", "$ref", "allOf", "anyOf", "oneOf", "if"];

    /// <summary>The arguments of <paramref name="tool"/>, or null and what is wrong with them in words for the model. A null where none fits is as good as nothing.</summary>
    public static AIFunctionArguments? Read(string? json, AgentTool tool, IServiceProvider services, out string? wrong)
    {
        var schema = new Schema(tool.Function.JsonSchema);
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
            wrong = tool.ChecksItself ? null : Problem(given, schema);
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

    /// <summary>What is wrong with the arguments, in words for the model; null when nothing is.</summary>
    internal static string? Problem(JsonElement arguments, Schema schema)
    {
        if (Unnamed(arguments, schema) is { Length: > 0 } unnamed)
            return $"This tool has no argument {string.Join(", ", unnamed.Take(MaxNamed).Select(name => $"'{name[..Math.Min(name.Length, MaxNameLength)]}'"))}.";
        return schema.Problems(arguments).Select(problem => $"{(problem.Path.Length == 0 ? "The arguments" : $"The argument '{problem.Path}'")} {problem.What}.").FirstOrDefault();
    }

    /// <summary>Arguments that the schema does not name, unless it may allow others.</summary>
    private static string[] Unnamed(JsonElement arguments, Schema schema) =>
        schema.Keyword("additionalProperties") is { ValueKind: JsonValueKind.True or JsonValueKind.Object } || Array.Exists(Elsewhere, keyword => schema.Keyword(keyword) is not null)
            ? [] : [.. arguments.EnumerateObject().Select(argument => argument.Name).Where(name => schema.Property(name) is null)];

    private static JsonElement WithoutNulls(JsonElement arguments, Schema schema)
    {
        bool IsNothing(JsonProperty argument) => argument.Value.ValueKind == JsonValueKind.Null && !schema.Requires(argument.Name)
            && schema.Property(argument.Name) is { } its && !its.AllowsTypeOf(argument.Value);

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
