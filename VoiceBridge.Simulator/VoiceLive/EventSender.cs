using System.Buffers;
using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Text;
using System.Text.Json.Nodes;

namespace VoiceBridge.Simulator.VoiceLive;

/// <summary>Writes server events, each with its own id, and now and then one that no client knows.</summary>
internal sealed class EventSender(SessionSocket socket, VoiceLiveBehaviour behaviour, SessionFaults faults)
{
    private const int UnknownEvery = 7;
    private readonly ConcurrentDictionary<string, int> _sent = new();
    private int _events;

    internal IReadOnlyDictionary<string, int> Sent => _sent;

    internal async ValueTask SendAsync(string type, params (string Name, JsonNode? Value)[] members)
    {
        var ga = faults.Has(VoiceLiveFaultKind.GaNames);
        var number = Interlocked.Increment(ref _events);
        var made = Make(number, ga ? EventShapes.GaName(type) : type, members, ga);
        if (behaviour.UnknownEvents && number % UnknownEvery == 0)
            await socket.SendAsync(Encoding.UTF8.GetBytes($$$"""{"type":"simulator.heartbeat","event_id":"event_u{{{number}}}","delta":{"audio":["not","for","you"]}}"""));
        await socket.SendAsync(Encoding.UTF8.GetBytes(made.ToJsonString()));
        if (!ga) return;
        // The GA interface says when an item is added and when it is complete.
        var item = made["item"];
        if ((type != "conversation.item.created" || (string?)item?["status"] != "completed") && type != "response.output_item.done") return;
        var done = Make(Interlocked.Increment(ref _events), "conversation.item.done", [("previous_item_id", null), ("item", item?.DeepClone())], ga);
        await socket.SendAsync(Encoding.UTF8.GetBytes(done.ToJsonString()));
    }

    internal ValueTask ErrorAsync(string code, string message, string? eventId, string? param = null) =>
        SendAsync("error", ("error", Error("invalid_request_error", code, message, param, eventId)));

    /// <summary>The error that a fault is about.</summary>
    internal ValueTask ErrorAsync(VoiceLiveFault fault, string? eventId)
    {
        var error = Error(fault.Type, fault.Code is { Length: > 0 } code ? code : null, fault.Message, fault.Param, eventId);
        if (!fault.Flat) return SendAsync("error", ("error", error));
        var members = error.Where(m => m.Key is not ("type" or "event_id")).Select(m => (m.Key, m.Value?.DeepClone())).ToArray();
        return SendAsync("error", members);
    }

    /// <summary>A <c>response.audio.delta</c>; written by hand because there are many.</summary>
    internal async ValueTask<bool> AudioAsync(string responseId, string itemId, ReadOnlyMemory<byte> pcm)
    {
        var type = faults.Has(VoiceLiveFaultKind.GaNames) ? EventShapes.GaName("response.audio.delta") : "response.audio.delta";
        Count(type);
        var number = Interlocked.Increment(ref _events);
        var rest = faults.Has(VoiceLiveFaultKind.OddFields)
            ? "\"output_index\":\"0\",\"content_index\":null,\"x_unknown\":[1,null,{\"type\":\"nothing\",\"delta\":null}]"
            : $"\"event_id\":\"event_{number}\",\"output_index\":0,\"content_index\":0";
        var head = Encoding.UTF8.GetBytes($$"""{"type":"{{type}}",{{rest}},"response_id":"{{responseId}}","item_id":"{{itemId}}","delta":" """);
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

    private JsonObject Make(int number, string type, (string Name, JsonNode? Value)[] members, bool ga)
    {
        Count(type);
        var made = new JsonObject { ["type"] = type, ["event_id"] = $"event_{number}" };
        foreach (var (name, value) in members) made[name] = value;
        if (behaviour.UnknownEvents) made["trace"] = new JsonObject { ["span"] = number };
        if (ga) EventShapes.NameParts(made);
        if (faults.Has(VoiceLiveFaultKind.OddFields)) EventShapes.MakeOdd(made);
        return made;
    }

    private static JsonObject Error(string type, string? code, string message, string? param, string? eventId) => new()
    {
        ["type"] = type,
        ["code"] = code,
        ["message"] = message,
        ["param"] = param,
        ["event_id"] = eventId,
    };

    private static ReadOnlyMemory<byte> Escaped(ReadOnlySpan<byte> message) =>
        Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(message).Replace("+", "\\u002B", StringComparison.Ordinal).Replace("/", "\\/", StringComparison.Ordinal));

    private void Count(string type) => _sent.AddOrUpdate(type, 1, static (_, n) => n + 1);
}
