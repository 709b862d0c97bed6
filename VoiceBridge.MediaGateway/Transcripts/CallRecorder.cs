using System.Text.Json;
using VoiceBridge.Cluster.Calls;
using VoiceBridge.Cluster.Transcripts;
using VoiceBridge.MediaGateway.Calls.Facts;
using VoiceBridge.MediaGateway.Journal;

namespace VoiceBridge.MediaGateway.Transcripts;

/// <summary>Keeps a call's conversation and hands it on: as working turns for whoever must continue the call, as redacted turns where they
/// are kept, and to callers who have a screen. On the call's loop.</summary>
internal sealed class CallRecorder
{
    /// <summary>A transcription that has not come by then does not hold up the rest any more.</summary>
    private static readonly TimeSpan TranscriptionTime = TimeSpan.FromSeconds(10);

    /// <summary>So many turns after a card number its code may be asked for and told.</summary>
    private const int TurnsNearCard = 6;

    /// <summary>Of one call's transcript: nobody fills Redis by talking.</summary>
    private const int MaxKeptCharacters = 500_000;

    private readonly string _callId;
    private readonly ICallJournal _journal;
    private readonly ICallTimers _timers;
    private readonly Action<ReadOnlyMemory<byte>>? _show;
    private readonly Conversation _conversation;
    private readonly TurnLog _log;

    private int _nearCard;
    private long _keptCharacters;

    // Read by the journal, on its own thread.
    private volatile IReadOnlyList<Turn> _written;

    /// <param name="callId">The call.</param>
    /// <param name="journal">Where turns are written.</param>
    /// <param name="timers">The call's clock.</param>
    /// <param name="show">Shows an event to a caller who has a screen.</param>
    /// <param name="turns">What was said before, with another handler.</param>
    public CallRecorder(string callId, ICallJournal journal, ICallTimers timers, Action<ReadOnlyMemory<byte>>? show, IReadOnlyList<Turn> turns)
    {
        (_callId, _journal, _timers, _show) = (callId, journal, timers, show);
        _conversation = new Conversation(() => timers.Now);
        _conversation.Restore(turns);
        foreach (var item in _conversation.Items)
            item.Kept = true;
        _written = _conversation.Turns;
        _log = new TurnLog(callId, () => _written, turns.Count > 0 ? turns : null);
    }

    public IReadOnlyList<Turn> Turns => _conversation.Turns;

    /// <summary>The caller was the last to speak, and nobody knows yet what was said.</summary>
    public bool AwaitsTranscription => _conversation.Items is [.., { Speaker: Speakers.Caller, Settled: false, HasText: false }];

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
            HandOver();
        });
    }

    public void Place(string itemId, string? previousItemId) => _conversation.Place(itemId, previousItemId);

    public void CallerText(string itemId, string? text)
    {
        var item = _conversation.CallerText(itemId, text ?? "");
        if (item.HasText)
            _journal.Change(_callId, new CallChange { Turns = 1 });
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
        _journal.Change(_callId, new CallChange { Turns = 1 });
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
        Show(_conversation.Keys(text), final: true);
        _journal.Event(_callId, "dtmf", "keys pressed");
        Changed();
    }

    /// <summary>A tool runs: should this gateway die, the next one knows that it was called.</summary>
    public void ToolStarted(ToolCall call)
    {
        _conversation.ToolStarted(call);
        Changed();
    }

    public void Tool(ToolCall call, string kind, string output)
    {
        _conversation.ToolDone(call, output);
        Count(call.Name, kind);
        _show?.Invoke(JsonSerializer.SerializeToUtf8Bytes(new ToolEvent("tool", call.Name, kind), RecorderJson.Default.ToolEvent));
        Changed();
    }

    /// <summary>A tool that was done when the call was over already: the conversation is closed, the timeline is not.</summary>
    public void ToolAfterEnd(string name, string kind) => Count(name, kind);

    /// <summary>All that was said so far has been heard.</summary>
    public void Heard()
    {
        SettleSpoken();
        HandOver();
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
        _written = _conversation.Turns;
        HandOver();
        _journal.Close(_log, over);
    }

    private void Count(string name, string kind)
    {
        _journal.Change(_callId, new CallChange { ToolCalls = 1 });
        _journal.Event(_callId, "tool", $"{name}: {kind}");
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
        HandOver();
        _conversation.Trim();
        _written = _conversation.Turns;
        _journal.TurnsChanged(_log);
    }

    /// <summary>Turns are kept in their order: one that may still change holds up those behind it.</summary>
    private void HandOver()
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
            if ((_keptCharacters += item.Length) > MaxKeptCharacters)
                continue;
            var kept = Redaction.Redact(item.ToTurn(), nearCard: _nearCard > 0);
            _nearCard = Redaction.HasCard(kept.Text) ? TurnsNearCard : _nearCard - 1;
            _journal.Keep(_callId, kept);
        }
    }

    private void Show(ConversationItem item, bool final)
    {
        if (_show is null || (!final && !item.HasText))
            return;
        var turn = item.ToTurn();
        _show(JsonSerializer.SerializeToUtf8Bytes(
            new TranscriptEvent("transcript", turn.Speaker, turn.ItemId, turn.Text, final, turn.Interrupted, turn.At),
            RecorderJson.Default.TranscriptEvent));
    }
}
