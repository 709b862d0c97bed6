using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace VoiceBridge.MediaGateway.Engines.VoiceLive.Protocol;

/// <summary>Client events of the Voice Live API that are not audio, as UTF-8 JSON.</summary>
internal static class ClientEvents
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static ReadOnlyMemory<byte> ClearInput() => Write("input_audio_buffer.clear", null);

    public static ReadOnlyMemory<byte> CommitInput() => Write("input_audio_buffer.commit", null);

    public static ReadOnlyMemory<byte> ResponseCreate() => Write("response.create", null);

    public static ReadOnlyMemory<byte> ResponseCreate(string instructions) => Write("response.create", json =>
    {
        json.WriteStartObject("response");
        json.WriteString("instructions", instructions);
        json.WriteEndObject();
    });

    /// <summary>A text spoken word for word and added to the conversation: a greeting, a question to a silent caller.</summary>
    public static ReadOnlyMemory<byte> Say(string text) => Write("response.create", json =>
    {
        json.WriteStartObject("response");
        json.WriteStartObject("pre_generated_assistant_message");
        WriteMessage(json, "assistant", text);
        json.WriteEndObject();
        json.WriteEndObject();
    });

    public static ReadOnlyMemory<byte> ResponseCancel(string? responseId = null) => Write("response.cancel", json =>
    {
        if (responseId is not null)
            json.WriteString("response_id", responseId);
    });

    /// <summary>A text message; <paramref name="role"/> is <c>user</c>, <c>system</c> or <c>assistant</c>.</summary>
    public static ReadOnlyMemory<byte> Message(string role, string text) => Write("conversation.item.create", json =>
    {
        json.WriteStartObject("item");
        WriteMessage(json, role, text);
        json.WriteEndObject();
    });

    public static ReadOnlyMemory<byte> FunctionCall(string callId, string name, string arguments) =>
        Write("conversation.item.create", json =>
        {
            json.WriteStartObject("item");
            json.WriteString("type", "function_call");
            json.WriteString("call_id", callId);
            json.WriteString("name", name);
            json.WriteString("arguments", arguments);
            json.WriteEndObject();
        });

    public static ReadOnlyMemory<byte> FunctionOutput(string callId, string output) => Write("conversation.item.create", json =>
    {
        json.WriteStartObject("item");
        json.WriteString("type", "function_call_output");
        json.WriteString("call_id", callId);
        json.WriteString("output", output);
        json.WriteEndObject();
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
    public static ReadOnlyMemory<byte> Write(string type, Action<Utf8JsonWriter>? fields)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using (var json = new Utf8JsonWriter(buffer, Options))
        {
            json.WriteStartObject();
            json.WriteString("type", type);
            fields?.Invoke(json);
            json.WriteEndObject();
        }
        return buffer.WrittenMemory;
    }

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
