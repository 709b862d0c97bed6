using System.Text.Json.Nodes;
using VoiceBridge.Simulator.Audio;

namespace VoiceBridge.Simulator.VoiceLive;

/// <summary>The caller's side of a session: appended audio becomes turns, and turns become responses.</summary>
internal sealed class Listening(
    EventSender events, History history, Responses responses, SessionConfiguration configuration, VoiceLiveBehaviour behaviour, SessionFaults faults, TimeProvider time)
{
    private readonly VoiceActivity _activity = new();
    private readonly Recogniser _recogniser = new();
    private readonly Queue<Func<ValueTask>> _atSpeech = new();
    private string _turn = "";
    private double _speechBegan;
    private double _uncommitted;

    internal ushort Mark => _recogniser.Mark;

    internal int Turns { get; private set; }

    /// <summary>The mark of an appended piece is learned even where nothing else is done with it.</summary>
    internal void Notice(ReadOnlySpan<short> samples) => _recogniser.Hear(samples);

    /// <summary>Done once, when the caller begins to speak, after <c>speech_started</c>.</summary>
    internal void AtNextSpeech(Func<ValueTask> act) => _atSpeech.Enqueue(act);

    internal async ValueTask HearAsync(ReadOnlyMemory<short> samples, int rate)
    {
        var position = 0;
        while (position < samples.Length)
        {
            var change = Listen(samples.Span[position..], rate, out var used);
            position += used;
            if (change == VoiceActivity.Change.Started) await StartedAsync();
            else if (change == VoiceActivity.Change.Stopped) await StoppedAsync();
        }
    }

    /// <summary><c>input_audio_buffer.commit</c>.</summary>
    internal async ValueTask CommitAsync(string? eventId)
    {
        if (_uncommitted < 100)
        {
            await events.ErrorAsync("input_audio_buffer_commit_empty", "The buffer has less than 100 ms of audio.", eventId);
            return;
        }
        _turn = history.NewId();
        await CommittedAsync(_recogniser.Take());
    }

    internal async ValueTask ClearAsync()
    {
        _uncommitted = 0;
        _recogniser.Take();
        _activity.Reset();
        await events.SendAsync("input_audio_buffer.cleared");
    }

    private VoiceActivity.Change Listen(ReadOnlySpan<short> samples, int rate, out int used)
    {
        var rest = samples;
        var change = VoiceActivity.Change.None;
        if (configuration.Turns is null) rest = [];
        else change = _activity.Take(ref rest, rate, configuration.Number("speech_duration_ms", 200), configuration.Number("silence_duration_ms", 500));
        used = samples.Length - rest.Length;
        _recogniser.Hear(samples[..used]);
        _uncommitted += Pcm.Milliseconds(used, rate);
        return change;
    }

    private async ValueTask StartedAsync()
    {
        _turn = history.NewId();
        _speechBegan = _activity.PositionMs - configuration.Number("speech_duration_ms", 200);
        var start = Math.Max(0, _speechBegan - configuration.Number("prefix_padding_ms", 400));
        await events.SendAsync("input_audio_buffer.speech_started", ("audio_start_ms", (int)start), ("item_id", _turn));
        await InterruptAsync();
        // It was on its way when the caller began, and nothing interrupts it any more.
        while (_atSpeech.TryDequeue(out var act)) await act();
    }

    private async ValueTask InterruptAsync()
    {
        if (!configuration.Detects("interrupt_response", true)) return;
        var playing = responses.Playing();
        if (!responses.Cancel("turn_detected") || playing is not { } cut || !configuration.Detects("auto_truncate", false)) return;
        cut.Item.TruncatedAtMs = cut.Ms;
        await events.SendAsync("conversation.item.truncated", ("item_id", cut.Item.Id), ("content_index", 0), ("audio_end_ms", (int)cut.Ms));
    }

    private async ValueTask StoppedAsync()
    {
        var end = _activity.PositionMs - configuration.Number("silence_duration_ms", 500);
        var said = _recogniser.Take();
        if (faults.Take(said, null, VoiceLiveFaultKind.SpeechStopNotSent) is null)
            await events.SendAsync("input_audio_buffer.speech_stopped", ("audio_end_ms", (int)end), ("item_id", _turn));
        if (faults.Take(said, null, VoiceLiveFaultKind.TurnDropped) is not null) return;
        var item = await CommittedAsync(said);
        item.AudioMs = end - _speechBegan;
        if (configuration.Detects("create_response", true) && faults.Take(said, null, VoiceLiveFaultKind.TurnNotAnswered) is null) _ = RespondAsync(said);
        // Transcription is a matter of its own and comes when the response has begun.
        if (configuration.Transcribes) _ = TranscribeAsync(item, faults.Take(said, null, VoiceLiveFaultKind.TurnWithoutWords) is null ? said : "");
    }

    private async ValueTask<SimulatedItem> CommittedAsync(string said)
    {
        Turns++;
        _uncommitted = 0;
        var item = new SimulatedItem { Id = _turn, Type = "message", Role = "user", Text = said };
        var before = history.Add(item);
        await events.SendAsync("input_audio_buffer.committed", ("previous_item_id", before), ("item_id", _turn));
        await events.SendAsync("conversation.item.created", ("previous_item_id", before), ("item", History.Describe(item)));
        return item;
    }

    private async Task RespondAsync(string said)
    {
        // A response that may not be interrupted is waited for.
        while (!responses.TryBegin(() => Agent.Answer(said, history.Items, configuration.Tools, behaviour.Replies), behaviour.ResponseDelay, requested: false))
            await responses.WhenIdleAsync();
    }

    private async Task TranscribeAsync(SimulatedItem item, string said)
    {
        await Task.Delay(behaviour.ResponseDelay, time);
        await events.SendAsync(
            "conversation.item.input_audio_transcription.completed",
            ("item_id", item.Id), ("content_index", 0), ("transcript", (JsonNode)said));
    }
}
