using System.Text.Json;
using VoiceBridge.Cluster.Calls;
using VoiceBridge.Cluster.Transcripts;
using VoiceBridge.MediaGateway.Agents;
using VoiceBridge.MediaGateway.Engines.VoiceLive.Protocol;
using VoiceBridge.MediaGateway.Journal;

namespace VoiceBridge.MediaGateway.Transcripts;

/// <summary>Keeps a call's conversation and hands it on: as working turns for whoever must continue the call, as redacted turns where they
/// are kept, and to callers who can read along. To be used under the call's lock.</summary>
internal sealed class CallRecorder
{
    /// <summary>A transcription that has not come by then does not hold up the rest any more.</summary>
    private static readonly TimeSpan TranscriptionTime = TimeSpan.FromSeconds(10);

    private readonly ICallControls _controls;
    private readonly ICallJournal _journal;
    private readonly CallTimers _timers;
    private readonly Conversation _conversation;
    private readonly TurnLog _log;

    public CallRecorder(
        ICallControls controls, ICallJournal journal, CallTimers timers, TimeProvider time, Lock gate, IReadOnlyList<Turn> turns)
    {
        (_controls, _journal, _timers) = (controls, journal, timers);
        _conversation = new Conversation(time);
        _conversation.Restore(turns);
        foreach (var item in _conversation.Items)
            item.Kept = true;
        _log = new TurnLog(
            controls.Facts.CallId,
            () =>
            {
                lock (gate)
                    return _conversation.Turns;
            },
            turns.Count > 0 ? turns : null);
    }

    public IReadOnlyList<Turn> Turns => _conversation.Turns;

    /// <summary>The caller was the last to speak, and nobody knows yet what was said.</summary>
    public bool AwaitsTranscription => _conversation.Items is [.., { Speaker: Speakers.Caller, Settled: false, HasText: false }];

    private string CallId => _controls.Facts.CallId;

    public void SpeechBegan(string itemId) => _conversation.SpeechBegan(itemId);

    public void CallerSpoke(string itemId, string? previousItemId)
    {
        var known = _conversation.Find(itemId) is not null;
        var item = _conversation.CallerSpoke(itemId, previousItemId);
        if (known)
            return;
        // Whatever was complete before the caller spoke has been heard, or was cut when they spoke.
        SettleSpoken();
        _timers.After(TranscriptionTime, () =>
        {
            item.Settle();
            HandOn();
        });
    }

    public void Place(string itemId, string? previousItemId) => _conversation.Place(itemId, previousItemId);

    public void CallerText(string itemId, string? text)
    {
        var item = _conversation.CallerText(itemId, text ?? "");
        if (item.HasText)
            _journal.Change(CallId, new CallChange { Turns = 1 });
        Show(item, final: true);
        Changed();
    }

    public void AgentSpeaks(string itemId, string delta) => Show(_conversation.AgentSpeaks(itemId, delta), final: false);

    public void AgentSpoke(string itemId, string? text)
    {
        var known = _conversation.Find(itemId)?.Complete == true;
        var item = _conversation.AgentSpoke(itemId, text);
        if (known || !item.HasText)
            return;
        _journal.Change(CallId, new CallChange { Turns = 1 });
        Show(item, final: true);
        Changed();
    }

    /// <summary>The caller cut the agent off.</summary>
    public void Cut(string itemId, int heardMs, int sentMs)
    {
        if (_conversation.Cut(itemId, heardMs, sentMs) is not { } item)
            return;
        Show(item, final: true);
        Changed();
    }

    public void Keys(string text)
    {
        Show(_conversation.Note(Speakers.Caller, text), final: true);
        _journal.Event(CallId, "dtmf", "keys pressed");
        Changed();
    }

    public void Tool(string name, string kind, string output)
    {
        _conversation.Note(Speakers.Tool, output, name);
        Count(name, kind);
        if (_controls.Facts.IsRead)
        {
            _controls.SendToCaller(ClientEvents.Write("tool", json =>
            {
                json.WriteString("name", name);
                json.WriteString("outcome", kind);
            }));
        }
        Changed();
    }

    /// <summary>A tool that was done when the call was over already: the conversation is closed, the timeline is not.</summary>
    public void ToolAfterEnd(string name, string kind) => Count(name, kind);

    /// <summary>All that was said so far has been heard.</summary>
    public void Heard()
    {
        SettleSpoken();
        HandOn();
    }

    /// <summary>The session is gone; true when the agent was just saying something.</summary>
    public bool BreakOff()
    {
        var broken = _conversation.BreakOff();
        if (broken)
            Changed();
        return broken;
    }

    public void End(bool over)
    {
        foreach (var item in _conversation.Items)
            item.Settle();
        HandOn();
        _journal.Close(_log, over);
    }

    private void Count(string name, string kind)
    {
        _journal.Change(CallId, new CallChange { ToolCalls = 1 });
        _journal.Event(CallId, "tool", $"{name}: {kind}");
    }

    private void SettleSpoken()
    {
        foreach (var item in _conversation.Items)
        {
            if (item is { Speaker: Speakers.Agent, Complete: true })
                item.Settle();
        }
    }

    private void Changed()
    {
        _journal.TurnsChanged(_log);
        HandOn();
    }

    /// <summary>Turns are kept in their order: one that may still change holds up those behind it.</summary>
    private void HandOn()
    {
        if (!_journal.KeepsTranscripts)
            return;
        foreach (var item in _conversation.Items)
        {
            if (!item.Settled)
                return;
            if (item.Kept || !item.HasText)
                continue;
            item.Kept = true;
            _journal.Keep(CallId, Redaction.Redact(item.ToTurn()));
        }
    }

    private void Show(ConversationItem item, bool final)
    {
        if (!_controls.Facts.IsRead || (!final && !item.HasText))
            return;
        var turn = item.ToTurn();
        _controls.SendToCaller(JsonSerializer.SerializeToUtf8Bytes(
            new TranscriptEvent("transcript", turn.Speaker, turn.ItemId, turn.Text, final, turn.Interrupted, turn.At),
            RecorderJson.Default.TranscriptEvent));
    }
}
