using System.Text.Json.Nodes;

namespace VoiceBridge.Simulator.VoiceLive;

/// <summary>Other shapes of the same events: the GA interface's names, and legal oddities.</summary>
internal static class EventShapes
{
    /// <summary>Without these a client could not know what an event is about.</summary>
    private static readonly HashSet<string> Essential =
    [
        "type", "id", "response_id", "item_id", "call_id", "name", "arguments", "delta", "transcript", "text", "output", "role", "status", "code", "message", "model",
    ];

    /// <summary>The GA interface's name of an event.</summary>
    internal static string GaName(string type) => type switch
    {
        "response.audio.delta" => "response.output_audio.delta",
        "response.audio.done" => "response.output_audio.done",
        "response.audio_transcript.delta" => "response.output_audio_transcript.delta",
        "response.audio_transcript.done" => "response.output_audio_transcript.done",
        "response.text.delta" => "response.output_text.delta",
        "response.text.done" => "response.output_text.done",
        "conversation.item.created" => "conversation.item.added",
        _ => type,
    };

    /// <summary>The GA interface's names of the parts that an assistant's message consists of.</summary>
    internal static void NameParts(JsonNode? node)
    {
        switch (node)
        {
            case JsonArray array:
                foreach (var element in array) NameParts(element);
                break;
            case JsonObject part when part["type"] is JsonValue type && type.TryGetValue<string>(out var kind) && kind is "audio" or "text" && (part.ContainsKey("transcript") || part.ContainsKey("text")):
                part["type"] = $"output_{kind}";
                break;
            case JsonObject whole:
                foreach (var (name, member) in whole)
                {
                    if (name is "response" or "item" or "output" or "content" or "part") NameParts(member);
                }
                break;
        }
    }

    /// <summary>Numbers as text or null, unknown members, null where nobody needs the value.</summary>
    internal static void MakeOdd(JsonObject made)
    {
        var even = true;
        foreach (var (name, value) in made.ToArray())
        {
            even = !even;
            switch (value)
            {
                case JsonObject inner:
                    MakeOdd(inner);
                    break;
                case JsonArray array:
                    foreach (var element in array.OfType<JsonObject>()) MakeOdd(element);
                    break;
                case JsonValue number when number.GetValueKind() == System.Text.Json.JsonValueKind.Number:
                    made[name] = name.EndsWith("_tokens", StringComparison.Ordinal) && even ? null : number.ToJsonString();
                    break;
                case JsonValue text when text.GetValueKind() == System.Text.Json.JsonValueKind.String && !Essential.Contains(name):
                    made[name] = even ? 17 : null;
                    break;
            }
        }
        made["x_unknown"] = new JsonArray(1, null, new JsonObject { ["type"] = "nothing", ["delta"] = null });
    }
}
