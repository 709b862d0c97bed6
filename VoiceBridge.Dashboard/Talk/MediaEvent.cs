using System.Text.Json;

namespace VoiceBridge.Dashboard.Talk;

/// <summary>
/// A text message of a gateway's browser socket. Unknown types and fields are passed over: gateways of several versions may run side by side.
/// </summary>
internal sealed record MediaEvent(string Type, string? Speaker, string? Text, string? State, string? ItemId, bool Interrupted)
{
    private const int Longest = 64 * 1024;

    public static MediaEvent? Read(string json)
    {
        if (json.Length > Longest) return null;
        try
        {
            using var document = JsonDocument.Parse(json);
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object || Field(root, "type") is not { } type) return null;
            return new MediaEvent(type, Field(root, "speaker") ?? Field(root, "role"), Field(root, "text") ?? Field(root, "reason"), Field(root, "state"),
                Field(root, "itemId") ?? Field(root, "item_id"), root.TryGetProperty("interrupted", out var interrupted) && interrupted.ValueKind == JsonValueKind.True);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string? Field(JsonElement root, string name) =>
        root.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
