using System.Buffers;
using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Text;
using System.Text.Json.Nodes;

namespace VoiceBridge.Simulator.VoiceLive;

/// <summary>Writes server events, each with its own id, and now and then one that no client knows.</summary>
internal sealed class EventSender(SessionSocket socket, VoiceLiveBehaviour behaviour)
{
    private const int UnknownEvery = 7;
    private readonly ConcurrentDictionary<string, int> _sent = new();
    private int _events;

    internal IReadOnlyDictionary<string, int> Sent => _sent;

    internal async ValueTask SendAsync(string type, params (string Name, JsonNode? Value)[] members)
    {
        Count(type);
        var number = Interlocked.Increment(ref _events);
        var made = new JsonObject { ["type"] = type, ["event_id"] = $"event_{number}" };
        foreach (var (name, value) in members) made[name] = value;
        if (behaviour.UnknownEvents)
        {
            made["trace"] = new JsonObject { ["span"] = number };
            if (number % UnknownEvery == 0)
                await socket.SendAsync(Encoding.UTF8.GetBytes($$$"""{"type":"simulator.heartbeat","event_id":"event_u{{{number}}}","delta":{"audio":["not","for","you"]}}"""));
        }
        await socket.SendAsync(Encoding.UTF8.GetBytes(made.ToJsonString()));
    }

    internal ValueTask ErrorAsync(string code, string message, string? eventId, string? param = null) => SendAsync("error", ("error", new JsonObject
    {
        ["type"] = "invalid_request_error",
        ["code"] = code,
        ["message"] = message,
        ["param"] = param,
        ["event_id"] = eventId,
    }));

    /// <summary>A <c>response.audio.delta</c>; written by hand because there are many.</summary>
    internal async ValueTask<bool> AudioAsync(string responseId, string itemId, ReadOnlyMemory<byte> pcm)
    {
        Count("response.audio.delta");
        var head = Encoding.UTF8.GetBytes(
            $$"""{"type":"response.audio.delta","event_id":"event_{{Interlocked.Increment(ref _events)}}","response_id":"{{responseId}}","item_id":"{{itemId}}","output_index":0,"content_index":0,"delta":" """);
        var length = Base64.GetMaxEncodedToUtf8Length(pcm.Length);
        var buffer = ArrayPool<byte>.Shared.Rent(head.Length + length + 2);
        // The raw literal ends with a blank because a quote cannot end it.
        var at = head.Length - 1;
        head.AsSpan(0, at).CopyTo(buffer);
        Base64.EncodeToUtf8(pcm.Span, buffer.AsSpan(at), out _, out var written);
        at += written;
        "\"}"u8.CopyTo(buffer.AsSpan(at));
        at += 2;
        var message = behaviour.EscapedBase64 ? Escaped(buffer.AsSpan(0, at)) : buffer.AsMemory(0, at);
        var sent = await socket.SendAsync(message);
        ArrayPool<byte>.Shared.Return(buffer);
        return sent;
    }

    internal ValueTask<bool> RawAsync(string json) => socket.SendAsync(Encoding.UTF8.GetBytes(json));

    private static ReadOnlyMemory<byte> Escaped(ReadOnlySpan<byte> message) =>
        Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(message).Replace("+", "\\u002B", StringComparison.Ordinal).Replace("/", "\\/", StringComparison.Ordinal));

    private void Count(string type) => _sent.AddOrUpdate(type, 1, static (_, n) => n + 1);
}
