using System.Text.Json;
using System.Text.Json.Nodes;

namespace VoiceBridge.MediaGateway.Configuration;

/// <summary>The tools that the service runs itself: <c>Session:tools</c> of a profile.</summary>
internal static class ServedTools
{
    /// <summary>What is wrong with MCP servers among them. The caller of a telephone cannot be asked whether a tool may run, and nobody else is there.</summary>
    public static IEnumerable<string> Problems(JsonNode? tools) =>
        from tool in (tools as JsonArray ?? []).Index()
        where tool.Item is JsonObject its && its["type"]?.ToString() == "mcp" && its["require_approval"] is not JsonObject && its["require_approval"]?.ToString() != "never"
        select $"{tool.Index}:require_approval must be never, or say so for each tool: nobody is there to approve of a call";

    public static IEnumerable<JsonElement> Of(JsonElement session) =>
        session.ValueKind == JsonValueKind.Object && session.TryGetProperty("tools", out var tools) && tools.ValueKind == JsonValueKind.Array
            ? tools.EnumerateArray()
            : [];

    /// <summary>What it is called in messages to the operator.</summary>
    public static string NameOf(JsonElement tool)
    {
        foreach (var member in (ReadOnlySpan<string>)["server_label", "name", "type"])
        {
            if (tool.TryGetProperty(member, out var name) && name.ValueKind == JsonValueKind.String)
                return name.GetString()!;
        }
        return "(unnamed)";
    }
}
