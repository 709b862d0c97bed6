using System.Collections.Frozen;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace VoiceBridge.MediaGateway.Engines.VoiceLive.Protocol;

/// <summary>Reads the server events that are not audio.</summary>
internal static class VoiceLiveEvents
{
    private const int MaxTypeLength = 128;

    private static readonly FrozenDictionary<string, JsonTypeInfo> Known = new Dictionary<string, JsonTypeInfo>
    {
        ["session.created"] = VoiceLiveJson.Default.SessionCreated,
        ["session.updated"] = VoiceLiveJson.Default.SessionUpdated,
        ["error"] = VoiceLiveJson.Default.ErrorEvent,
        ["warning"] = VoiceLiveJson.Default.WarningEvent,
        ["input_audio_buffer.speech_started"] = VoiceLiveJson.Default.SpeechStarted,
        ["input_audio_buffer.speech_stopped"] = VoiceLiveJson.Default.SpeechStopped,
        ["input_audio_buffer.committed"] = VoiceLiveJson.Default.InputCommitted,
        ["conversation.item.created"] = VoiceLiveJson.Default.ItemCreated,
        ["conversation.item.truncated"] = VoiceLiveJson.Default.ItemTruncated,
        ["conversation.item.input_audio_transcription.delta"] = VoiceLiveJson.Default.InputTranscriptionDelta,
        ["conversation.item.input_audio_transcription.completed"] = VoiceLiveJson.Default.InputTranscriptionCompleted,
        ["conversation.item.input_audio_transcription.failed"] = VoiceLiveJson.Default.InputTranscriptionFailed,
        ["response.created"] = VoiceLiveJson.Default.ResponseCreated,
        ["response.done"] = VoiceLiveJson.Default.ResponseDone,
        ["response.output_item.added"] = VoiceLiveJson.Default.OutputItemAdded,
        ["response.output_item.done"] = VoiceLiveJson.Default.OutputItemDone,
        ["response.audio_transcript.delta"] = VoiceLiveJson.Default.AudioTranscriptDelta,
        ["response.audio_transcript.done"] = VoiceLiveJson.Default.AudioTranscriptDone,
        ["response.audio.done"] = VoiceLiveJson.Default.AudioDone,
        ["response.function_call_arguments.delta"] = VoiceLiveJson.Default.FunctionArgumentsDelta,
        ["response.function_call_arguments.done"] = VoiceLiveJson.Default.FunctionArgumentsDone,
    }.ToFrozenDictionary();

    private static readonly FrozenDictionary<string, JsonTypeInfo>.AlternateLookup<ReadOnlySpan<char>> KnownBySpan =
        Known.GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>The types that are known.</summary>
    public static IReadOnlyCollection<string> Types => Known.Keys;

    /// <summary>The event; <see cref="OtherEvent"/> when its type is not known; null when it is not an event at all.</summary>
    public static VoiceLiveEvent? Read(ReadOnlySpan<byte> json)
    {
        try
        {
            Span<char> type = stackalloc char[MaxTypeLength];
            if (!TryReadType(json, type, out var length))
                return null;
            return KnownBySpan.TryGetValue(type[..length], out var info)
                ? (VoiceLiveEvent?)JsonSerializer.Deserialize(json, info)
                : new OtherEvent(new string(type[..length]));
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or ArgumentException)
        {
            return null;
        }
    }

    private static bool TryReadType(ReadOnlySpan<byte> json, Span<char> type, out int length)
    {
        length = 0;
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = 32 });
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            return false;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isType = reader.ValueTextEquals("type"u8);
            reader.Read();
            if (isType)
            {
                if (reader.TokenType != JsonTokenType.String || reader.ValueSpan.Length > MaxTypeLength)
                    return false;
                length = reader.ValueIsEscaped ? reader.CopyString(type) : Encoding.UTF8.GetChars(reader.ValueSpan, type);
                return true;
            }
            reader.Skip();
        }
        return false;
    }
}
