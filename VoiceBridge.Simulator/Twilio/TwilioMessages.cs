using System.Buffers.Text;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace VoiceBridge.Simulator.Twilio;

/// <summary>The messages of the media socket (twilio.com/docs/voice/media-streams/websocket-messages). Numbers are strings everywhere but in <c>mediaFormat</c>.</summary>
internal sealed class TwilioMessages(string streamSid, string callSid, TwilioBehaviour behaviour)
{
    private readonly byte[] _message = new byte[1024];
    private int _sequence;
    private int _chunk;

    internal enum Kind
    {
        Invalid,
        Media,
        Mark,
        Clear,
    }

    internal static byte[] Connected { get; } = """{"event":"connected","protocol":"Call","version":"1.0.0"}"""u8.ToArray();

    internal byte[] Start(IReadOnlyDictionary<string, string> parameters) => Numbered("start", new JsonObject
    {
        ["accountSid"] = behaviour.AccountSid,
        ["streamSid"] = streamSid,
        ["callSid"] = callSid,
        ["tracks"] = new JsonArray("inbound"),
        ["mediaFormat"] = new JsonObject { ["encoding"] = "audio/x-mulaw", ["sampleRate"] = 8000, ["channels"] = 1 },
        ["customParameters"] = new JsonObject([.. parameters.Select(p => KeyValuePair.Create(p.Key, (JsonNode?)p.Value))]),
    });

    internal byte[] Stop() => Numbered("stop", new JsonObject { ["accountSid"] = behaviour.AccountSid, ["callSid"] = callSid });

    internal byte[] Dtmf(char tone) => Numbered("dtmf", new JsonObject { ["track"] = "inbound_track", ["digit"] = tone.ToString() });

    internal byte[] Mark(string name) => Numbered("mark", new JsonObject { ["name"] = name });

    /// <summary>Something that no reader knows yet.</summary>
    internal byte[] Unknown() => Numbered("weather", new JsonObject { ["sky"] = new JsonArray("blue", 0) });

    /// <summary>The message for one frame of the caller's; valid until the next one.</summary>
    internal ReadOnlySpan<byte> Media(ReadOnlySpan<byte> frame, long milliseconds)
    {
        var at = 0;
        Put("{\"event\":\"media\",\"sequenceNumber\":\""u8, ref at);
        Put(++_sequence, ref at);
        Put("\",\"media\":{\"track\":\"inbound\",\"chunk\":\""u8, ref at);
        Put(++_chunk, ref at);
        Put("\",\"timestamp\":\""u8, ref at);
        Put(milliseconds, ref at);
        Put("\",\"payload\":\""u8, ref at);
        Base64.EncodeToUtf8(frame, _message.AsSpan(at), out _, out var written);
        at += behaviour.EscapedBase64 ? Escape(at, written) : written;
        Put("\"},\"streamSid\":\""u8, ref at);
        at += Encoding.UTF8.GetBytes(streamSid, _message.AsSpan(at));
        Put("\"}"u8, ref at);
        return _message.AsSpan(0, at);
    }

    /// <summary>Reads what the bridge sends: media, mark, clear, for this stream; anything else is error 31951 or 31924.</summary>
    internal Kind Read(ReadOnlySpan<byte> message, out byte[] audio, out string mark)
    {
        (audio, mark) = ([], "");
        try
        {
            var reader = new Utf8JsonReader(message);
            using var json = JsonDocument.ParseValue(ref reader);
            var root = json.RootElement;
            if (root.GetProperty("streamSid").GetString() != streamSid) return Kind.Invalid;
            switch (root.GetProperty("event").GetString())
            {
                case "media":
                    return root.GetProperty("media").GetProperty("payload").TryGetBytesFromBase64(out var decoded) && (audio = decoded).Length > 0 ? Kind.Media : Kind.Invalid;
                case "mark":
                    return root.GetProperty("mark").GetProperty("name").GetString() is { Length: > 0 } name && (mark = name).Length > 0 ? Kind.Mark : Kind.Invalid;
                case "clear":
                    return Kind.Clear;
                default:
                    return Kind.Invalid;
            }
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return Kind.Invalid;
        }
    }

    private byte[] Numbered(string name, JsonObject body) => Encoding.UTF8.GetBytes(new JsonObject
    {
        ["event"] = name,
        ["sequenceNumber"] = Interlocked.Increment(ref _sequence).ToString(CultureInfo.InvariantCulture),
        [name] = body,
        ["streamSid"] = streamSid,
    }.ToJsonString());

    private void Put(ReadOnlySpan<byte> text, ref int at)
    {
        text.CopyTo(_message.AsSpan(at));
        at += text.Length;
    }

    private void Put(long number, ref int at)
    {
        number.TryFormat(_message.AsSpan(at), out var written, default, CultureInfo.InvariantCulture);
        at += written;
    }

    private int Escape(int from, int length) =>
        Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(_message, from, length).Replace("/", "\\/", StringComparison.Ordinal), _message.AsSpan(from));
}
