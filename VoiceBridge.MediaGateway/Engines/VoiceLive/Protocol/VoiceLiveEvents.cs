using System.Globalization;
using System.Text.Json;

namespace VoiceBridge.MediaGateway.Engines.VoiceLive.Protocol;

/// <summary>Reads the server events that are not audio. Services change, and gateways between us and them rewrite: a field of another type than documented is
/// read where its meaning is plain (a number as text) and else counts as missing; both names of an event are known, the API's and the GA dialect's.</summary>
internal static class VoiceLiveEvents
{
    private static readonly JsonDocumentOptions Options = new() { MaxDepth = 32 };

    /// <summary>The event; <see cref="OtherEvent"/> when its type is not known; null when it is not an event at all.</summary>
    public static VoiceLiveEvent? Read(ReadOnlyMemory<byte> json)
    {
        try
        {
            using var document = JsonDocument.Parse(json, Options);
            return document.RootElement.ValueKind == JsonValueKind.Object && Text(document.RootElement, "type") is { } type
                ? Read(type, document.RootElement)
                : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private static VoiceLiveEvent Read(string type, JsonElement e) => type switch
    {
        "session.created" => new SessionCreated(Session(e)),
        "session.updated" => new SessionUpdated(Session(e)),
        // Some send the fields of an error beside the type.
        "error" => new ErrorEvent(Error(Has(e, "error") ? Object(e, "error") : e, topLevel: !Has(e, "error"))),
        "warning" => new WarningEvent(Error(Object(e, "warning"))),
        "input_audio_buffer.speech_started" => new SpeechStarted(Id(e, "item_id")),
        "input_audio_buffer.speech_stopped" => new SpeechStopped(Id(e, "item_id")),
        "input_audio_buffer.committed" => new InputCommitted(Id(e, "item_id"), Text(e, "previous_item_id")),
        "conversation.item.created" or "conversation.item.added" => new ItemCreated(Item(Object(e, "item")), Text(e, "previous_item_id")),
        "conversation.item.input_audio_transcription.completed" => new InputTranscribed(Id(e, "item_id"), Text(e, "transcript") ?? ""),
        "conversation.item.input_audio_transcription.failed" => new InputTranscribed(Id(e, "item_id"), null, Error(Object(e, "error")).Name),
        "response.created" => new ResponseCreated(Response(Object(e, "response"))),
        "response.done" => new ResponseDone(Response(Object(e, "response"))),
        "response.output_item.added" => new OutputItemAdded(Id(e, "response_id"), Item(Object(e, "item"))),
        "response.output_item.done" => new OutputItemDone(Id(e, "response_id"), Item(Object(e, "item"))),
        "response.audio_transcript.delta" or "response.output_audio_transcript.delta" =>
            new AudioTranscriptDelta(Id(e, "response_id"), Id(e, "item_id"), Text(e, "delta") ?? ""),
        "response.audio_transcript.done" or "response.output_audio_transcript.done" =>
            new AudioTranscriptDone(Id(e, "response_id"), Id(e, "item_id"), Text(e, "transcript")),
        "response.text.done" or "response.output_text.done" => new TextDone(Id(e, "response_id"), Id(e, "item_id"), Text(e, "text") ?? ""),
        "response.mcp_call.in_progress" => new ServedCall(Id(e, "item_id"), IsOver: false),
        "response.mcp_call.completed" or "response.mcp_call.failed" => new ServedCall(Id(e, "item_id"), IsOver: true),
        "response.function_call_arguments.done" =>
            new FunctionArgumentsDone(Id(e, "response_id"), Id(e, "call_id"), Text(e, "name"), Text(e, "arguments")),
        _ => new OtherEvent(type),
    };

    private static SessionInfo Session(JsonElement e)
    {
        var session = Object(e, "session");
        return new SessionInfo(Text(session, "model"), Number(session, "expires_at"));
    }

    private static ErrorInfo Error(JsonElement error, bool topLevel = false) => new(
        topLevel ? null : Text(error, "type"), Text(error, "code"), Text(error, "message"), Text(error, "param"), topLevel ? null : Text(error, "event_id"));

    private static ResponseInfo Response(JsonElement response)
    {
        var details = Object(response, "status_details");
        var error = Object(details, "error");
        return new ResponseInfo(Id(response, "id"), Text(response, "status"), Text(details, "reason"),
            Text(error, "code") ?? Text(error, "type"), Text(Object(response, "metadata"), ClientEvents.RequestId))
        {
            Output = List(response, "output", Item),
            Usage = Has(response, "usage") ? UsageOf(Object(response, "usage")) : null,
        };
    }

    private static ItemInfo Item(JsonElement item) => new(
        Id(item, "id"), Text(item, "type"), Text(item, "status"), Text(item, "role"), Text(item, "name"), Text(item, "call_id"), Text(item, "arguments"))
    {
        Output = Text(item, "output"),
        Content = List(item, "content", part => new ContentPart(Text(part, "type"), Text(part, "text"), Text(part, "transcript"))),
    };

    private static Usage UsageOf(JsonElement usage)
    {
        var (input, output) = (Object(usage, "input_token_details"), Object(usage, "output_token_details"));
        var cached = Object(input, "cached_tokens_details");
        var isSplit = cached.ValueKind == JsonValueKind.Object;
        return new Usage(Count(usage, "input_tokens"), Count(usage, "output_tokens"))
        {
            InputText = Count(input, "text_tokens"),
            InputAudio = Count(input, "audio_tokens"),
            CachedText = isSplit ? Count(cached, "text_tokens") : Count(input, "cached_tokens"),
            CachedAudio = isSplit ? Count(cached, "audio_tokens") : 0,
            OutputText = Count(output, "text_tokens"),
            OutputAudio = Count(output, "audio_tokens"),
        };
    }

    private static bool Has(JsonElement e, string name) => Object(e, name).ValueKind == JsonValueKind.Object;

    /// <summary>The member, when it is an object; else an element without members.</summary>
    private static JsonElement Object(JsonElement e, string name) =>
        e.ValueKind == JsonValueKind.Object && e.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Object ? value : default;

    private static List<T> List<T>(JsonElement e, string name, Func<JsonElement, T> read) =>
        e.ValueKind == JsonValueKind.Object && e.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Array
            ? [.. value.EnumerateArray().Select(read)]
            : [];

    private static string Id(JsonElement e, string name) => Text(e, name) ?? "";

    private static string? Text(JsonElement e, string name)
    {
        if (e.ValueKind != JsonValueKind.Object || !e.TryGetProperty(name, out var value))
            return null;
        return value.ValueKind switch
        {
            JsonValueKind.String => value.GetString(),
            JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => value.GetRawText(),
            // Arguments are a JSON text in a string; some send the JSON itself.
            JsonValueKind.Object when name == "arguments" => value.GetRawText(),
            _ => null,
        };
    }

    private static double? Number(JsonElement e, string name) =>
        double.TryParse(Text(e, name), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) ? number : null;

    private static long Count(JsonElement e, string name) => Number(e, name) is { } number and >= 0 and < 1e12 ? (long)number : 0;
}
