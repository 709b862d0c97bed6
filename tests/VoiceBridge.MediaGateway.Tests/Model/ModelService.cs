using System.Text.Json;
using VoiceBridge.MediaGateway.Engines.VoiceLive;
using VoiceBridge.MediaGateway.Engines.VoiceLive.Protocol;

namespace VoiceBridge.MediaGateway.Tests.Model;

/// <summary>
/// A Voice Live, and a caller who does what a script says. Whatever a service may do (how late, in which order, whether at all) is a choice; when there are no
/// choices left it does what it should. It also keeps the books by which the call is judged.
/// </summary>
internal sealed class ModelService(ModelCall call, IReadOnlyList<(int Kind, int Wait)> script, byte[] choices)
{
    private static readonly TimeSpan RequestTime = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan AnswerTime = TimeSpan.FromSeconds(90);

    private readonly PriorityQueue<Action, (DateTimeOffset At, int Number)> _queue = new();
    private readonly List<ModelSession> _sessions = [];
    private ModelSession? _current;
    private ModelSession? _hearsSpeech;
    private DateTimeOffset _unansweredSince = DateTimeOffset.MaxValue;
    private DateTimeOffset _requestedAt;
    private DateTimeOffset _busyUntil = call.Now;
    private int _chosen;
    private int _number;
    private int _step;
    private int _ids;
    private int _speechFrame = -1;
    private bool _knowsSpeech;
    private bool _speechIsKnown;
    private bool _uncommitted;
    private int _tools;

    public bool CallerSpeaks { get; private set; }

    public DateTimeOffset LastReason { get; set; } = call.Now;

    /// <summary>All that is due by now.</summary>
    public void RunDue()
    {
        if (_step < script.Count && _current is not null && call.Now >= _busyUntil)
            Play(script[_step++]);
        while (_queue.TryPeek(out var action, out var at) && at.At <= call.Now)
        {
            _queue.Dequeue();
            action();
        }
        call.Check(call.Now - _unansweredSince < AnswerTime, "a turn or a tool's result is not answered, and not given up aloud");
    }

    public void Open()
    {
        var fails = Choose(8) == 7;
        var late = Delay();
        After(late, () =>
        {
            if (fails && _sessions.Count > 0)
            {
                call.OnOpened(null);
                return;
            }
            var session = new ModelSession(call.Now);
            _sessions.Add(session);
            call.OnOpened(session);
            Event(session, new { type = "session.created", session = new { id = "s", model = "m" } });
        });
    }

    public void OnSwitch(ModelSession session)
    {
        // A sentence that began in the session before is heard by this one from its beginning.
        if (_current is { } before && CallerSpeaks && _speechIsKnown && call.Frames - _speechFrame < 140)
        {
            After(TimeSpan.Zero, () => call.Check(session.Heard is [] || session.Heard[0] <= _speechFrame, $"{before}: the beginning of a sentence is lost"));
        }
        _current = session;
        _knowsSpeech = false;
        if (!_uncommitted)
            return;
        // It hears what the one before heard and did not commit.
        After(TimeSpan.FromMilliseconds(300), () => SpeechStarts(session));
        After(TimeSpan.FromMilliseconds(600), () =>
        {
            if (!CallerSpeaks && _uncommitted)
                SpeechStops(noise: false);
        });
    }

    public void OnApology() => _unansweredSince = DateTimeOffset.MaxValue;

    public void OnClientEvent(ModelSession session, JsonElement json)
    {
        if (session.IsDead)
            return;
        switch (json.GetProperty("type").GetString())
        {
            case "session.update" when session.Stage == SessionStage.Updating:
                var refuses = Choose(12) == 11;
                After(Delay(), () => Event(session, refuses
                    ? new { type = "error", error = new { type = "server_error", code = "overloaded" } }
                    : new { type = "session.updated", session = new { id = "s" } }));
                break;
            case "response.create":
                OnRequest(session, json);
                break;
            case "response.cancel":
                var cancelled = json.GetProperty("response_id").GetString()!;
                After(Delay(), () => Finish(session, cancelled, "cancelled", "client_cancelled"));
                break;
            case "conversation.item.create":
                var type = json.GetProperty("item").GetProperty("type").GetString();
                var role = json.GetProperty("item").TryGetProperty("role", out var given) ? given.GetString() : null;
                After(Delay(), () => Event(session, new { type = "conversation.item.created", item = new { id = $"i{++_ids}", type, role } }));
                break;
        }
    }

    /// <summary>What the call knows from now on.</summary>
    public void OnDelivered(ModelSession session, VoiceLiveEvent serverEvent)
    {
        if (session != _current)
            return;
        switch (serverEvent)
        {
            case ResponseCreated created:
                session.ActiveIsKnown = session.Active == created.Response.Id;
                session.Requested = null;
                // Whoever answers takes the caller to have stopped.
                _knowsSpeech &= created.Response.ClientEventId is not null;
                break;
            case OutputItemDone when session.Stage == SessionStage.Current && call.Ended is null:
                RunTool();
                break;
            case ResponseDone:
                session.ActiveIsKnown = false;
                break;
            case ErrorEvent:
                session.Requested = null;
                break;
            case SpeechStarted:
                _knowsSpeech = true;
                break;
            case SpeechStopped or InputCommitted or InputTranscribed:
                _knowsSpeech = false;
                break;
        }
    }

    public void CheckAtEnd()
    {
        foreach (var session in _sessions)
        {
            var heard = session.Heard;
            call.Check(heard.Zip(heard.Skip(1)).All(pair => pair.Second == pair.First + 1), "a session hears a frame twice, or not in order");
        }
    }

    private void OnRequest(ModelSession session, JsonElement json)
    {
        call.Check(session.Requested is null || call.Now - _requestedAt >= RequestTime, "two responses are asked for at once");
        call.Check(!_knowsSpeech, "a response is asked for while the caller speaks");
        if (json.GetRawText().Contains("still there?", StringComparison.Ordinal))
            call.Check(_unansweredSince == DateTimeOffset.MaxValue && _tools == 0 && !session.ActiveIsKnown, "a caller who waits is asked whether they are there");
        var id = json.GetProperty("event_id").GetString()!;
        session.Requested = id;
        _requestedAt = call.Now;
        var (fate, echoes) = (Choose(12), Choose(3) != 2);
        After(Delay(), () =>
        {
            if (session.Active is not null)
            {
                // With a code, or only in words.
                Event(session, new { type = "error", error = new { type = "invalid_request_error", code = echoes ? "conversation_already_has_active_response" : null,
                    message = "there is an active response", event_id = echoes ? id : null } });
            }
            else if (fate == 11)
                Event(session, new { type = "error", error = new { type = "server_error", code = "internal", event_id = echoes ? id : null } });
            else if (fate != 10)
                Begin(session, echoes ? id : null);
        });
    }

    private void Begin(ModelSession session, string? request)
    {
        if (session.IsDead || session.Active is not null)
            return;
        var id = session.Active = $"r{++_ids}";
        session.ActiveIsKnown = false;
        Event(session, new { type = "response.created", response = new { id, metadata = request is null ? null : new { client_event_id = request } } });
        var kind = Choose(16);
        After(Delay(), () =>
        {
            if (session.Active != id || session.IsDead)
                return;
            switch (kind)
            {
                case 15:
                    Finish(session, id, "failed", "rate_limit_exceeded");
                    break;
                case 14:
                    Finish(session, id, "completed");
                    break;
                case 13:
                    Finish(session, id, "incomplete", "content_filter");
                    break;
                case 12:
                    Event(session, new { type = "response.text.done", response_id = id, item_id = $"i{++_ids}", text = "Written." });
                    Finish(session, id, "completed");
                    break;
                case 11:
                    // Nobody hears of it any more; the service has forgotten it.
                    session.Active = null;
                    session.ActiveIsKnown = false;
                    break;
                case 9 or 10:
                    CallTool(session, id);
                    break;
                default:
                    Speak(session, id);
                    break;
            }
        });
    }

    private void Speak(ModelSession session, string id)
    {
        var item = $"i{++_ids}";
        Event(session, new { type = "response.audio_transcript.delta", response_id = id, item_id = item, delta = "Yes" });
        if (call.OnAudio(session, id, TimeSpan.FromSeconds(1 + Choose(4))))
            _unansweredSince = DateTimeOffset.MaxValue;
        After(Delay(), () => Finish(session, id, "completed"));
    }

    private void CallTool(ModelSession session, string id)
    {
        var item = new { id = $"i{++_ids}", type = "function_call", status = "completed", name = "work", call_id = $"c{_ids}", arguments = "{\"text\":\"x\"}" };
        Event(session, new { type = "response.output_item.done", response_id = id, item });
        Finish(session, id, "completed");
    }

    /// <summary>The call has heard of the tool, which answers whatever becomes of the session.</summary>
    private void RunTool()
    {
        _tools++;
        After(TimeSpan.FromMilliseconds(100), () =>
        {
            var result = call.TakeToolResult();
            After(Delay() * 5, () =>
            {
                _tools--;
                LastReason = call.Now;
                Unanswered();
                result?.Invoke();
            });
        });
    }

    private void Finish(ModelSession session, string id, string status, string? why = null)
    {
        if (session.Active != id || session.IsDead)
            return;
        session.Active = null;
        Event(session, new { type = "response.done", response = new { id, status, status_details = new { reason = why, error = new { code = why } }, output = Array.Empty<int>() } });
    }

    private void Play((int Kind, int Wait) step)
    {
        _busyUntil = call.Now + TimeSpan.FromMilliseconds(100 * step.Wait);
        if (_current is not { IsDead: false } session)
            return;
        switch (step.Kind)
        {
            case 0 or 1 or 2:
                Speech(session, TimeSpan.FromMilliseconds(300 + 100 * Choose(30)), noise: false);
                break;
            case 3:
                Speech(session, TimeSpan.FromMilliseconds(200), noise: true);
                break;
            case 4:
                call.Loop.Post("key", () => call.OnKey());
                break;
            case 5:
                session.IsDead = true;
                call.OnLost(session);
                break;
        }
    }

    private void Speech(ModelSession session, TimeSpan length, bool noise)
    {
        if (CallerSpeaks)
            return;
        CallerSpeaks = _uncommitted = true;
        _speechIsKnown = false;
        _speechFrame = call.Frames;
        After(TimeSpan.FromMilliseconds(200), () => SpeechStarts(session));
        After(length + TimeSpan.FromMilliseconds(700), () =>
        {
            CallerSpeaks = false;
            LastReason = call.Now;
            SpeechStops(noise);
        });
    }

    private void SpeechStops(bool noise)
    {
        // A session reports the end only of what it has reported the beginning of.
        if (_current is not { IsDead: false } session || session != _hearsSpeech)
            return;
        _hearsSpeech = null;
        Event(session, new { type = "input_audio_buffer.speech_stopped", item_id = "u" });
        _uncommitted &= !noise;
        if (_uncommitted)
            Commit(session);
    }

    private void SpeechStarts(ModelSession session)
    {
        if (session.IsDead || session != _current)
            return;
        if (session.Active is { } active && call.Interruptible)
            Finish(session, active, "cancelled", "turn_detected");
        _speechIsKnown = true;
        _hearsSpeech = session;
        call.OnSpeech(session, begins: true);
        Event(session, new { type = "input_audio_buffer.speech_started", item_id = "u" });
        // Whoever speaks asks for something else.
        _unansweredSince = DateTimeOffset.MaxValue;
    }

    private void Commit(ModelSession session)
    {
        var item = $"u{++_ids}";
        _uncommitted = false;
        call.OnSpeech(session, begins: false);
        Event(session, new { type = "input_audio_buffer.committed", item_id = item });
        Unanswered();
        var (answers, transcribes) = (Choose(6) != 5, Choose(6) != 5);
        if (answers)
            After(Delay(), () => Begin(session, null));
        if (transcribes)
            After(Delay(), () => Event(session, new { type = "conversation.item.input_audio_transcription.completed", item_id = item, transcript = "Hello there." }));
    }

    private void Unanswered()
    {
        if (_unansweredSince == DateTimeOffset.MaxValue)
            _unansweredSince = call.Now;
    }

    private void Event(ModelSession session, object fields)
    {
        if (!session.IsDead)
            call.Event(session, fields);
    }

    private void After(TimeSpan delay, Action action) => _queue.Enqueue(action, (call.Now + delay, _number++));

    private TimeSpan Delay() => TimeSpan.FromMilliseconds(Choose(4) switch { 0 => 50, 1 => 150, 2 => 600, _ => 2_500 });

    private int Choose(int count) => _chosen < choices.Length ? choices[_chosen++] % count : 0;
}
