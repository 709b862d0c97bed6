using System.Text.Json;
using System.Text.Json.Serialization;

namespace VoiceBridge.MediaGateway.Transcripts;

/// <summary>What a browser caller reads along: the whole text of a turn so far. A later event with the same item id replaces it; turns
/// without an item id stand for themselves.</summary>
internal sealed record TranscriptEvent(
    string Type, string Speaker, string? ItemId, string Text, bool Final, bool Interrupted, DateTimeOffset At);

/// <summary>A tool has answered.</summary>
internal sealed record ToolEvent(string Type, string Name, string Outcome);

[JsonSourceGenerationOptions(JsonSerializerDefaults.General, PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(TranscriptEvent))]
[JsonSerializable(typeof(ToolEvent))]
internal sealed partial class RecorderJson : JsonSerializerContext;
