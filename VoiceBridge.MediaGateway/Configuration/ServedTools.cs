using System.Text.Json;
using System.Text.Json.Nodes;

namespace VoiceBridge.MediaGateway.Configuration;

/// <summary>The tools that the service runs itself: <c>Session:tools</c> of a profile.</summary>
internal static class ServedTools
{
    /// <summary>Checks them. The caller of a telephone cannot be asked whether a tool may run, and nobody else is there.</summary>
    public static void Check(SettingReader reader, JsonNode? tools)
    {
        if (tools is null)
            return;
        if (tools is not JsonArray list)
        {
            reader.Wrong("Session:tools", "must be a list");
            return;
        }
        foreach (var (i, tool) in list.Index())
        {
            if (tool is not JsonObject { } its || its["type"] is null)
                reader.Wrong($"Session:tools:{i}", "must be an object with a type");
            else if (its["type"]!.ToString() == "mcp" && its["require_approval"] is not JsonObject && its["require_approval"]?.ToString() != "never")
                reader.Wrong($"Session:tools:{i}:require_approval", "must be never, or say so for each tool: nobody is there to approve of a call");
        }
    }

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
