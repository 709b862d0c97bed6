using System.Text.Json.Nodes;
using VoiceBridge.Simulator.Audio;
using VoiceBridge.Simulator.Marks;

namespace VoiceBridge.Simulator.VoiceLive;

/// <summary>The responses of one session: one at a time, each on its own task, each ending with <c>response.done</c>.</summary>
internal sealed class Responses(SimulatedSession session, EventSender events, History history, VoiceLiveBehaviour behaviour, TimeProvider time)
{
    /// <summary>Numbers of items in audio are unique over all sessions, so that a caller can tell a new agent's items from an old one's.</summary>
    private static int _numbers;

    private readonly Lock _gate = new();
    private Active? _active;
    private Task _last = Task.CompletedTask;
    private int _ids;

    /// <summary>How many were begun.</summary>
    internal int Begun => _ids;

    /// <summary>Whether audio was ever delivered.</summary>
    internal bool Spoken { get; private set; }

    internal bool IsActive
    {
        get
        {
            lock (_gate) return _active is not null;
        }
    }

    /// <summary>Begins a response unless there is one. What it does is decided when its time has come.</summary>
    internal bool TryBegin(Func<AgentReply> decide, TimeSpan delay, JsonNode? metadata = null)
    {
        lock (_gate)
        {
            if (_active is not null) return false;
            var response = new Active($"resp_{++_ids}_{Random.Shared.Next():x8}", metadata?.DeepClone());
            var before = _last;
            _active = response;
            _last = response.Running = Task.Run(() => RunAsync(response, before, decide, delay));
            return true;
        }
    }

    /// <summary>Stops the active response; false when there is none.</summary>
    internal bool Cancel(string reason)
    {
        lock (_gate)
        {
            if (_active is null) return false;
            _active.Reason ??= reason;
            _active.Stop.Cancel();
            return true;
        }
    }

    /// <summary>Done when no response is active.</summary>
    internal Task WhenIdleAsync()
    {
        lock (_gate) return _active?.Running ?? Task.CompletedTask;
    }

    /// <summary>How much of the item a client could have played by now, if it began at once.</summary>
    internal (SimulatedItem Item, double Ms)? Playing()
    {
        lock (_gate)
        {
            return _active is { Item: { } item, Began: > 0 } active ? (item, Math.Min(time.GetElapsedTime(active.Began).TotalMilliseconds, item.AudioMs)) : null;
        }
    }

    private async Task RunAsync(Active response, Task before, Func<AgentReply> decide, TimeSpan delay)
    {
        // Clients hear of the end of the one before first.
        await before.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        var output = new JsonArray();
        var failed = false;
        try
        {
            await Task.Delay(delay, time, response.Stop.Token);
            await events.SendAsync("response.created", ("response", Describe(response, "in_progress", [])));
            response.Created = true;
            failed = behaviour.ResponsesFail;
            var reply = failed ? new AgentReply(null) : decide();
            var index = 0;
            if (reply.Say is { Length: > 0 } say) output.Add(await SpeakAsync(response, say, index++));
            foreach (var call in reply.Calls)
            {
                if (!response.Stop.IsCancellationRequested) output.Add(await CallAsync(response, call, index++));
            }
        }
        catch (OperationCanceledException)
        {
            // Cancelled before it said anything.
        }
        finally
        {
            // From here on another one may be asked for: who answers response.done with response.create must not come too early.
            var cancelled = response.Stop.IsCancellationRequested;
            if (!response.Created) await events.SendAsync("response.created", ("response", Describe(response, "in_progress", [])));
            lock (_gate) _active = null;
            await events.SendAsync("response.done", ("response", Describe(response, failed ? "failed" : cancelled ? "cancelled" : "completed", output)));
            response.Stop.Dispose();
        }
    }

    private async Task<JsonNode> SpeakAsync(Active response, string text, int index)
    {
        var item = new SimulatedItem { Id = history.NewId(), Type = "message", Role = "assistant", Text = text, Number = (ushort)(Interlocked.Increment(ref _numbers) % ushort.MaxValue + 1) };
        var before = history.Add(item);
        lock (_gate) response.Item = item;
        (string, JsonNode?)[] Ids() => [("response_id", response.Id), ("item_id", item.Id), ("output_index", index), ("content_index", 0)];
        await events.SendAsync("response.output_item.added", ("response_id", response.Id), ("output_index", index), ("item", History.Describe(item, "in_progress")));
        await events.SendAsync("conversation.item.created", ("previous_item_id", before), ("item", History.Describe(item, "in_progress")));
        await events.SendAsync("response.content_part.added", [.. Ids(), ("part", new JsonObject { ["type"] = "audio", ["transcript"] = "" })]);
        await DeliverAsync(response, item, Ids);
        var status = response.Stop.IsCancellationRequested ? "incomplete" : "completed";
        await events.SendAsync("response.audio.done", Ids());
        await events.SendAsync("response.audio_transcript.done", [.. Ids(), ("transcript", text)]);
        await events.SendAsync("response.content_part.done", [.. Ids(), ("part", new JsonObject { ["type"] = "audio", ["transcript"] = text })]);
        await events.SendAsync("response.output_item.done", ("response_id", response.Id), ("output_index", index), ("item", History.Describe(item, status)));
        return History.Describe(item, status);
    }

    /// <summary>Audio faster than it plays, its transcript along with it.</summary>
    private async Task DeliverAsync(Active response, SimulatedItem item, Func<(string, JsonNode?)[]> ids)
    {
        var audio = Voice.Agent.Speak(item.Text);
        var writer = new MarkWriter(0, item.Text);
        var words = item.Text.Split(' ');
        var saidWords = 0;
        lock (_gate) response.Began = time.GetTimestamp();
        for (var at = 0; at < audio.Length && !response.Stop.IsCancellationRequested;)
        {
            var usual = (int)(behaviour.DeltaLength.TotalSeconds * Pcm.Rate);
            var count = Math.Min(behaviour.OddDeltas ? Random.Shared.Next(usual / 2, usual * 3 / 2) | 1 : usual, audio.Length - at);
            var samples = audio.AsSpan(at, count).ToArray();
            writer.Use(MarkWord.Encode(MarkKind.Agent, session.Mark, (ushort)item.Number));
            writer.Write(samples);
            at += count;
            var upTo = words.Length * (long)at / audio.Length;
            if (upTo > saidWords)
            {
                var delta = (saidWords == 0 ? "" : " ") + string.Join(' ', words[saidWords..(int)upTo]);
                saidWords = (int)upTo;
                await events.SendAsync("response.audio_transcript.delta", [.. ids(), ("delta", delta)]);
            }
            item.AudioMs = Pcm.Milliseconds(at, Pcm.Rate);
            Spoken = true;
            if (!await events.AudioAsync(response.Id, item.Id, Pcm.Bytes(samples.AsSpan()).ToArray())) return;
            if (behaviour.Speed <= 0) continue;
            try
            {
                await Task.Delay(TimeSpan.FromMilliseconds(Pcm.Milliseconds(count, Pcm.Rate) / behaviour.Speed), time, response.Stop.Token);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private async Task<JsonNode> CallAsync(Active response, AgentCall call, int index)
    {
        var item = new SimulatedItem { Id = history.NewId(), Type = "function_call", Name = call.Name, CallId = $"call_{Random.Shared.Next():x8}", Text = call.Arguments };
        var before = history.Add(item);
        await events.SendAsync("response.output_item.added", ("response_id", response.Id), ("output_index", index), ("item", History.Describe(item, "in_progress")));
        await events.SendAsync("conversation.item.created", ("previous_item_id", before), ("item", History.Describe(item, "in_progress")));
        var half = call.Arguments.Length / 2;
        foreach (var delta in new[] { call.Arguments[..half], call.Arguments[half..] })
        {
            await events.SendAsync(
                "response.function_call_arguments.delta",
                ("response_id", response.Id), ("item_id", item.Id), ("output_index", index), ("call_id", item.CallId), ("delta", delta));
        }
        await events.SendAsync(
            "response.function_call_arguments.done",
            ("response_id", response.Id), ("item_id", item.Id), ("output_index", index), ("call_id", item.CallId), ("name", item.Name), ("arguments", call.Arguments));
        await events.SendAsync("response.output_item.done", ("response_id", response.Id), ("output_index", index), ("item", History.Describe(item)));
        return History.Describe(item);
    }

    private JsonObject Describe(Active response, string status, JsonArray output)
    {
        var tokens = (int)(session.AppendedMilliseconds / 100);
        var spoken = (int)((response.Item?.AudioMs ?? 0) / 50);
        return new JsonObject
        {
            ["id"] = response.Id,
            ["object"] = "realtime.response",
            ["status"] = status,
            ["status_details"] = status switch
            {
                "cancelled" => new JsonObject { ["type"] = "cancelled", ["reason"] = response.Reason },
                "failed" => new JsonObject { ["type"] = "failed", ["error"] = new JsonObject { ["code"] = "server_error", ["message"] = "The model failed." } },
                _ => null,
            },
            ["output"] = output,
            ["metadata"] = response.Metadata?.DeepClone(),
            ["usage"] = status is "in_progress" or "cancelled" ? null : new JsonObject
            {
                ["total_tokens"] = tokens + 45 + spoken + 15,
                ["input_tokens"] = tokens + 45,
                ["output_tokens"] = spoken + 15,
                ["input_token_details"] = new JsonObject
                {
                    ["cached_tokens"] = 0,
                    ["text_tokens"] = 45,
                    ["audio_tokens"] = tokens,
                    ["image_tokens"] = 0,
                    ["cached_tokens_details"] = new JsonObject { ["text_tokens"] = 0, ["audio_tokens"] = 0, ["image_tokens"] = 0 },
                },
                ["output_token_details"] = new JsonObject { ["text_tokens"] = 15, ["audio_tokens"] = spoken, ["reasoning_tokens"] = 0 },
            },
        };
    }

    private sealed class Active(string id, JsonNode? metadata)
    {
        internal string Id { get; } = id;

        internal JsonNode? Metadata { get; } = metadata;

        internal CancellationTokenSource Stop { get; } = new();

        internal Task Running { get; set; } = Task.CompletedTask;

        internal string? Reason { get; set; }

        internal bool Created { get; set; }

        internal SimulatedItem? Item { get; set; }

        internal long Began { get; set; }
    }
}
