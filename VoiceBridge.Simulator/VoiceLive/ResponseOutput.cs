using System.Text.Json.Nodes;
using VoiceBridge.Simulator.Audio;
using VoiceBridge.Simulator.Marks;

namespace VoiceBridge.Simulator.VoiceLive;

/// <summary>What responses consist of: speech, text, tool calls, each as its events.</summary>
internal sealed class ResponseOutput(
    SimulatedSession session, SessionConfiguration configuration, EventSender events, History history, VoiceLiveBehaviour behaviour, TimeProvider time)
{
    /// <summary>Numbers of items in audio are unique over all sessions, so that a caller can tell a new agent's items from an old one's.</summary>
    private static int _numbers;

    /// <summary>Whether audio was ever delivered.</summary>
    internal bool Spoken { get; private set; }

    /// <summary>A message, in audio unless the response is of the kind that has text only.</summary>
    internal async Task<JsonNode> SayAsync(ActiveResponse response, string text, bool aside, int index)
    {
        var textOnly = response.Fault == VoiceLiveFaultKind.ResponseTextOnly;
        var item = new SimulatedItem
        {
            Id = history.NewId(), Type = "message", Role = "assistant", Text = text, TextOnly = textOnly, Aside = aside,
            Number = (ushort)(Interlocked.Increment(ref _numbers) % ushort.MaxValue + 1),
        };
        var before = history.Add(item);
        response.Item = item;
        (string, JsonNode?)[] Ids() => [("response_id", response.Id), ("item_id", item.Id), ("output_index", index), ("content_index", 0)];
        JsonObject Part(string said) => textOnly ? new JsonObject { ["type"] = "text", ["text"] = said } : new JsonObject { ["type"] = "audio", ["transcript"] = said };
        await AddedAsync(response, item, before, index);
        await events.SendAsync("response.content_part.added", [.. Ids(), ("part", Part(""))]);
        if (textOnly)
        {
            await events.SendAsync("response.text.delta", [.. Ids(), ("delta", text)]);
            await events.SendAsync("response.text.done", [.. Ids(), ("text", text)]);
        }
        else
        {
            await DeliverAsync(response, item, Ids);
            await events.SendAsync("response.audio.done", Ids());
            await events.SendAsync("response.audio_transcript.done", [.. Ids(), ("transcript", text)]);
        }
        var status = response.Stop.IsCancellationRequested ? "incomplete" : "completed";
        await events.SendAsync("response.content_part.done", [.. Ids(), ("part", Part(text))]);
        await events.SendAsync("response.output_item.done", ("response_id", response.Id), ("output_index", index), ("item", History.Describe(item, status)));
        return History.Describe(item, status);
    }

    internal async Task<JsonNode> CallAsync(ActiveResponse response, AgentCall call, int index)
    {
        var item = new SimulatedItem { Id = history.NewId(), Type = "function_call", Name = call.Name, CallId = $"call_{Random.Shared.Next():x8}", Text = call.Arguments };
        await AddedAsync(response, item, history.Add(item), index);
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

    private async Task AddedAsync(ActiveResponse response, SimulatedItem item, string? before, int index)
    {
        await events.SendAsync("response.output_item.added", ("response_id", response.Id), ("output_index", index), ("item", History.Describe(item, "in_progress")));
        await events.SendAsync("conversation.item.created", ("previous_item_id", before), ("item", History.Describe(item, "in_progress")));
    }

    /// <summary>Audio faster than it plays, its transcript along with it.</summary>
    private async Task DeliverAsync(ActiveResponse response, SimulatedItem item, Func<(string, JsonNode?)[]> ids)
    {
        var format = configuration.Output;
        var audio = Pcm.Resample(Voice.Agent.Speak(item.Text), Pcm.Rate, format.Rate);
        var writer = new MarkWriter(0, item.Text);
        var words = item.Text.Split(' ');
        var saidWords = 0;
        response.Began = time.GetTimestamp();
        for (var at = 0; at < audio.Length && !response.Stop.IsCancellationRequested;)
        {
            var usual = (int)(behaviour.DeltaLength.TotalSeconds * format.Rate);
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
            item.AudioMs = Pcm.Milliseconds(at, format.Rate);
            Spoken = true;
            if (!await events.AudioAsync(response.Id, item.Id, format.Encode(samples))) return;
            if (behaviour.Speed <= 0) continue;
            try
            {
                await Task.Delay(TimeSpan.FromMilliseconds(Pcm.Milliseconds(count, format.Rate) / behaviour.Speed), time, response.Stop.Token);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }
}
