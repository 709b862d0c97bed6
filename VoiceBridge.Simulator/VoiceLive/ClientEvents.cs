using System.Text.Json;
using System.Text.Json.Nodes;

namespace VoiceBridge.Simulator.VoiceLive;

/// <summary>Does what client events ask for; whatever is wrong with one is answered with <c>error</c> and its id.</summary>
internal sealed class ClientEvents(
    EventSender events, History history, Responses responses, Listening listening, SessionConfiguration configuration, VoiceLiveBehaviour behaviour, SessionFaults faults,
    TimeProvider time, Action<string> onUpdate, Action<VoiceLiveFault> kill, Func<bool> heard)
{
    /// <summary>A response of our own was begun, and the request that it meets has not been read yet.</summary>
    private VoiceLiveFault? _metBy;

    internal async ValueTask HandleAsync(string type, JsonObject body)
    {
        var eventId = Text(body, "event_id");
        switch (type)
        {
            case "session.update":
                await UpdateAsync(body, eventId);
                break;
            case "input_audio_buffer.commit":
                await listening.CommitAsync(eventId);
                break;
            case "input_audio_buffer.clear":
                await listening.ClearAsync();
                break;
            case "response.create":
                await RespondAsync(body, eventId);
                break;
            case "response.cancel":
                if (!responses.Cancel("client_cancelled", Text(body, "response_id")))
                    await events.ErrorAsync("response_cancel_not_active", "There is no active response to cancel.", eventId);
                break;
            case "conversation.item.create":
                await CreateAsync(body, eventId);
                break;
            case "conversation.item.truncate":
                await TruncateAsync(body, eventId);
                break;
            case "conversation.item.delete":
                if (history.Remove(Text(body, "item_id"))) await events.SendAsync("conversation.item.deleted", ("item_id", Text(body, "item_id")));
                else await NoItemAsync(body, eventId);
                break;
            case "conversation.item.retrieve":
                if (history.Find(Text(body, "item_id")) is { } item) await events.SendAsync("conversation.item.retrieved", ("item", History.Describe(item)));
                else await NoItemAsync(body, eventId);
                break;
            default:
                await events.ErrorAsync("invalid_value", $"The event type '{type}' is unknown.", eventId, "type");
                break;
        }
    }

    private async ValueTask UpdateAsync(JsonObject body, string? eventId)
    {
        onUpdate(body.ToJsonString());
        if (body["session"] is not JsonObject changes)
        {
            await events.ErrorAsync("missing_required_parameter", "session is required.", eventId, "session");
            return;
        }
        (string Param, string Message)? fault;
        try
        {
            fault = configuration.Update(changes, responses.Spoken, heard());
        }
        catch (Exception e) when (e is InvalidOperationException or FormatException)
        {
            fault = ("session", "A member has the wrong type.");
        }
        if (fault is { } wrong)
        {
            await events.ErrorAsync("invalid_value", wrong.Message, eventId, wrong.Param);
            return;
        }
        if (faults.Take(null, null, VoiceLiveFaultKind.UpdateRefused) is { } refused)
        {
            await events.ErrorAsync(refused, eventId);
            return;
        }
        var session = configuration.Session.DeepClone();
        if (faults.Take(null, null, VoiceLiveFaultKind.ExpiryMoved) is { } moved) session["expires_at"] = (time.GetUtcNow() + moved.After).ToUnixTimeSeconds();
        await events.SendAsync("session.updated", ("session", session));
        if (faults.Take(null, null, VoiceLiveFaultKind.SessionKilled) is { } killed) kill(killed);
    }

    private async ValueTask RespondAsync(JsonObject body, string? eventId)
    {
        var options = body["response"] as JsonObject;
        var verbatim = options?["pre_generated_assistant_message"]?["content"] is JsonArray parts ? string.Concat(parts.Select(p => (string?)p?["text"])) : null;
        var instructions = Text(options, "instructions") ?? Text(body, "additional_instructions") ?? "";
        // An echo has nothing of its own to say: a greeting would only stand before what is measured.
        AgentReply Decide() => behaviour.Echo ? new AgentReply(null) : verbatim is { Length: > 0 } ? new AgentReply(verbatim) : Agent.Unprompted(history.Items, instructions, configuration.Tools, behaviour.Replies);
        var fault = responses.IsActive ? _metBy : null;
        _metBy = null;
        fault ??= faults.Take(
            history.LastSaid, true, VoiceLiveFaultKind.RequestRefused, VoiceLiveFaultKind.RequestIgnored, VoiceLiveFaultKind.RequestMetByAnother, VoiceLiveFaultKind.RequestInFlightAtSpeech);
        fault ??= verbatim is null ? null : faults.Take(history.LastSaid, true, VoiceLiveFaultKind.VerbatimRefused);
        switch (fault?.Kind)
        {
            case null:
                await BeginAsync(Decide, options?["metadata"], eventId);
                break;
            case VoiceLiveFaultKind.RequestIgnored:
                break;
            case VoiceLiveFaultKind.RequestInFlightAtSpeech:
                listening.AtNextSpeech(() => BeginAsync(Decide, options?["metadata"], eventId));
                break;
            case VoiceLiveFaultKind.RequestMetByAnother:
                await BeginAsideAsync(fault);
                await events.ErrorAsync(fault, eventId);
                break;
            default:
                await events.ErrorAsync(fault, eventId);
                break;
        }
    }

    /// <summary>A response of our own, unless there is one already.</summary>
    private async ValueTask BeginAsideAsync(VoiceLiveFault fault)
    {
        responses.TryBegin(() => new AgentReply(fault.Text) { Aside = true }, behaviour.ResponseDelay, requested: false);
        await responses.WhenAnnouncedAsync();
    }

    private async ValueTask BeginAsync(Func<AgentReply> decide, JsonNode? metadata, string? eventId)
    {
        if (responses.TryBegin(decide, TimeSpan.Zero, requested: true, metadata)) return;
        // The other one was created first, and who is refused has heard of it.
        await responses.WhenAnnouncedAsync();
        await events.ErrorAsync("conversation_already_has_active_response", "The conversation already has an active response.", eventId);
    }

    private async ValueTask CreateAsync(JsonObject body, string? eventId)
    {
        var after = Text(body, "previous_item_id");
        if (body["item"] is not JsonObject given || Text(given, "type") is not { } type || type is not ("message" or "function_call" or "function_call_output"))
        {
            await events.ErrorAsync("invalid_value", "item.type must be message, function_call or function_call_output.", eventId, "item.type");
            return;
        }
        if (after is not null and not "root" && history.Find(after) is null)
        {
            await events.ErrorAsync("item_not_found", $"There is no item '{after}'.", eventId, "previous_item_id");
            return;
        }
        var fault = type switch
        {
            "message" when Text(given, "role") is not ("user" or "system" or "assistant") => "item.role",
            "message" when given["content"] is not JsonArray => "item.content",
            "message" when !PartsFit((JsonArray)given["content"]!, Text(given, "role")!) => "item.content",
            "function_call_output" when Text(given, "output") is null => "item.output",
            "function_call_output" when !history.Items.Any(i => i.Type == "function_call" && i.CallId == Text(given, "call_id")) => "item.call_id",
            "function_call" when Text(given, "name") is null || Text(given, "call_id") is null => "item.call_id",
            _ => null,
        };
        if (fault is not null)
        {
            await events.ErrorAsync("invalid_value", $"{fault} is missing or does not fit.", eventId, fault);
            return;
        }
        // What a response is asked for about comes just before the request: the response of our own knows neither.
        if (type == "function_call_output" && (_metBy = faults.Take(history.LastSaid, true, VoiceLiveFaultKind.RequestMetByAnother)) is { } other)
            await BeginAsideAsync(other);
        var item = new SimulatedItem
        {
            Id = Text(given, "id") ?? history.NewId(),
            Type = type,
            Role = Text(given, "role"),
            Name = Text(given, "name"),
            CallId = Text(given, "call_id"),
            FromClient = true,
            Text = type switch
            {
                "function_call" => Text(given, "arguments") ?? "{}",
                "function_call_output" => Text(given, "output")!,
                _ => string.Concat(((JsonArray)given["content"]!).Select(p => (string?)p?["text"] ?? (string?)p?["transcript"])),
            },
        };
        var before = history.Add(item, after);
        await events.SendAsync("conversation.item.created", ("previous_item_id", before), ("item", History.Describe(item)));
    }

    /// <summary>The assistant's audio cannot be put into a conversation, only its text.</summary>
    private static bool PartsFit(JsonArray content, string role) => content.All(part => (role, Text(part as JsonObject, "type")) switch
    {
        ("assistant", "text") => true,
        ("user" or "system", "input_text") => true,
        ("user", "input_audio" or "input_image") => true,
        _ => false,
    });

    private async ValueTask TruncateAsync(JsonObject body, string? eventId)
    {
        if (history.Find(Text(body, "item_id")) is not { Role: "assistant", FromClient: false } item)
        {
            await NoItemAsync(body, eventId);
            return;
        }
        var end = body["audio_end_ms"] is JsonValue value && value.TryGetValue<double>(out var number) ? number : -1;
        if (end < 0 || end > item.AudioMs)
        {
            await events.ErrorAsync("invalid_value", $"audio_end_ms {end} is beyond the {(int)item.AudioMs} ms of the item.", eventId, "audio_end_ms");
            return;
        }
        item.TruncatedAtMs = end;
        await events.SendAsync("conversation.item.truncated", ("item_id", item.Id), ("content_index", 0), ("audio_end_ms", (int)end));
    }

    private ValueTask NoItemAsync(JsonObject body, string? eventId) =>
        events.ErrorAsync("item_not_found", $"There is no item '{Text(body, "item_id")}'.", eventId, "item_id");

    private static string? Text(JsonObject? json, string name) =>
        json?[name] is JsonValue value && value.GetValueKind() == JsonValueKind.String ? value.GetValue<string>() : null;
}
