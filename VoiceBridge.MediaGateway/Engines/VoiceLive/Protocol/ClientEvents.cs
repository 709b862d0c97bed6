using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace VoiceBridge.MediaGateway.Engines.VoiceLive.Protocol;

/// <summary>Client events of the Voice Live API that are not audio, as UTF-8 JSON.</summary>
internal static class ClientEvents
{
    /// <summary>The metadata of a response that name the request it was made for.</summary>
    public const string RequestId = "client_event_id";

    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Asks for a response.</summary>
    /// <param name="prompt">What it is to say.</param>
    /// <param name="id">Echoed in errors, and in the response's metadata.</param>
    /// <param name="metadata">False for a service that refuses metadata.</param>
    public static ReadOnlyMemory<byte> ResponseCreate(Prompt prompt, string id, bool metadata = true) => Write("response.create", json =>
    {
        json.WriteString("event_id", id);
        json.WriteStartObject("response");
        if (metadata)
        {
            json.WriteStartObject("metadata");
            json.WriteString(RequestId, id);
            json.WriteEndObject();
        }
        if (prompt.Text is { } text)
        {
            json.WriteStartObject("pre_generated_assistant_message");
            WriteMessage(json, "assistant", text);
            json.WriteEndObject();
        }
        json.WriteEndObject();
        // They stand beside the session's; response.instructions would replace those.
        if (prompt.Instructions is { } instructions)
            json.WriteString("additional_instructions", instructions);
    });

    public static ReadOnlyMemory<byte> ResponseCancel(string responseId) =>
        Write("response.cancel", json => json.WriteString("response_id", responseId));

    /// <summary>A text message; <paramref name="role"/> is <c>user</c>, <c>system</c> or <c>assistant</c>.</summary>
    public static ReadOnlyMemory<byte> Message(string role, string text) => Item(json => WriteMessage(json, role, text));

    /// <summary>A function call that the conversation before had: what follows it is the tool's result, not anybody's words.</summary>
    public static ReadOnlyMemory<byte> FunctionCall(string callId, string name, string arguments) => Item(json =>
    {
        json.WriteString("type", "function_call");
        json.WriteString("call_id", callId);
        json.WriteString("name", name);
        json.WriteString("arguments", arguments);
    });

    public static ReadOnlyMemory<byte> FunctionOutput(string callId, string output) => Item(json =>
    {
        json.WriteString("type", "function_call_output");
        json.WriteString("call_id", callId);
        json.WriteString("output", output);
    });

    public static ReadOnlyMemory<byte> ApprovalResponse(string requestId, bool approve) => Item(json =>
    {
        json.WriteString("type", "mcp_approval_response");
        json.WriteString("approval_request_id", requestId);
        json.WriteBoolean("approve", approve);
    });

    /// <summary>Tells the service how much of an item the caller heard; an error when that is more than there was.</summary>
    public static ReadOnlyMemory<byte> Truncate(string itemId, int contentIndex, int audioEndMs) =>
        Write("conversation.item.truncate", json =>
        {
            json.WriteString("item_id", itemId);
            json.WriteNumber("content_index", contentIndex);
            json.WriteNumber("audio_end_ms", audioEndMs);
        });

    /// <summary>Writes <c>{"type":...}</c> with whatever fields <paramref name="fields"/> adds.</summary>
    public static ReadOnlyMemory<byte> Write(string type, Action<Utf8JsonWriter> fields)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using (var json = new Utf8JsonWriter(buffer, Options))
        {
            json.WriteStartObject();
            json.WriteString("type", type);
            fields(json);
            json.WriteEndObject();
        }
        return buffer.WrittenMemory;
    }

    private static ReadOnlyMemory<byte> Item(Action<Utf8JsonWriter> fields) => Write("conversation.item.create", json =>
    {
        json.WriteStartObject("item");
        fields(json);
        json.WriteEndObject();
    });

    private static void WriteMessage(Utf8JsonWriter json, string role, string text)
    {
        json.WriteString("type", "message");
        json.WriteString("role", role);
        json.WriteStartArray("content");
        json.WriteStartObject();
        json.WriteString("type", role == "assistant" ? "text" : "input_text");
        json.WriteString("text", text);
        json.WriteEndObject();
        json.WriteEndArray();
    }
}
