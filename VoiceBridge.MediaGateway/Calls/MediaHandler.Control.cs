using System.Buffers;
using VoiceBridge.Cluster.Calls;
using VoiceBridge.MediaGateway.Agents;
using VoiceBridge.MediaGateway.Audio;
using VoiceBridge.MediaGateway.Calls.Facts;
using VoiceBridge.MediaGateway.Engines.VoiceLive;
using VoiceBridge.MediaGateway.Engines.VoiceLive.Protocol;
using VoiceBridge.MediaGateway.Sockets;
using VoiceBridge.ServiceDefaults.Telemetry;

namespace VoiceBridge.MediaGateway.Calls;

/// <summary>The control loop: everything that is not audio, one thing after the other.</summary>
internal abstract partial class MediaHandler
{
    private const int TicksPerLook = 5;

    private readonly Action _tick;
    private volatile ICallAgent? _agent;
    private long _wakeAt = long.MaxValue;
    private bool _over;
    private int _ticks;

    public void Send(ReadOnlyMemory<byte> clientEvent) => _session?.Writer.Control(OutMessage.Shared(clientEvent));

    public void SendToCaller(ReadOnlyMemory<byte> json) => _leg.Show(json);

    public async Task WhenHeardAsync(CancellationToken cancellationToken)
    {
        var target = _clock.End;
        while (true)
        {
            // A barge-in throws away what this waits for.
            var cut = _cut.Task;
            var left = _clock.Remaining;
            if (_clock.Position >= target || left <= TimeSpan.Zero)
                return;
            await cut.WaitAsync(left, _time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    public async Task<string?> TransferAsync(string target, CancellationToken cancellationToken)
    {
        // Before it is answered: the transfer may take the call away before anybody says so.
        var accepted = _transferred;
        _transferred = true;
        try
        {
            var refusal = await _services.CallControl.TransferAsync(Facts, target, cancellationToken);
            accepted |= refusal is null;
            return refusal;
        }
        finally
        {
            _transferred = accepted;
        }
    }

    private bool Note(in Note note)
    {
        if (_notes.TryPost(note))
            return true;
        // Full means that the loop is stuck, which no call survives; completed means that the call is over.
        End(new CallEnd(CallEndReason.Error, "the control loop is stuck"));
        return false;
    }

    /// <summary>On the shared timer: looks, and leaves what there is to do to the loop.</summary>
    private void Tick()
    {
        _leg.Writer.CheckDeadline();
        _session?.Writer.CheckDeadline();
        _next?.Writer.CheckDeadline();
        PublishFrames();
        // Words that wait for company: somebody who reads along sees them at once, for the books a second is soon enough.
        if (Facts.IsRead || ++_ticks % TicksPerLook == 0)
            _notes.Wake();
        var elapsed = _time.GetElapsedTime(_startedAt);
        var now = _time.GetUtcNow();
        if (elapsed.TotalMinutes > _services.Calls.MaxMinutes || now >= Facts.EndsAt)
            End(new CallEnd(CallEndReason.TooLong));
        else if (!_leg.HasSpoken && elapsed.TotalMilliseconds > _services.Media.FirstMessageMs
            && _ended.TrySetResult(new CallEnd(CallEndReason.MediaLost, "nothing came")))
        {
            Refused("silent");
        }
        var wakeAt = Volatile.Read(ref _wakeAt);
        if (wakeAt <= now.UtcTicks && Interlocked.CompareExchange(ref _wakeAt, long.MaxValue, wakeAt) == wakeAt)
            _notes.TryPost(new Note(NoteKind.Wake));
    }

    private async Task ControlAsync()
    {
        await foreach (var note in _notes.ReadAllAsync())
        {
            try
            {
                Handle(note);
            }
            catch (Exception exception)
            {
                // One call's bug is nobody else's.
                Log.Failed(_services.Logger, exception, Facts.ConnectionId);
                End(new CallEnd(CallEndReason.Error, exception.GetType().Name));
            }
        }
    }

    private void Handle(in Note note)
    {
        if (note.Kind == NoteKind.ServerEvent)
        {
            var buffer = (byte[])note.Data!;
            var read = VoiceLiveEvents.Read(buffer.AsSpan(0, note.Length));
            ArrayPool<byte>.Shared.Return(buffer);
            if (read is not null && !_over)
                OnServerEvent(note.Session!, read);
            return;
        }

        switch (note.Kind)
        {
            case NoteKind.AgentReady:
                _agent = (ICallAgent)note.Data!;
                Configure(_next);
                break;
            case NoteKind.SessionOpened:
                _next = note.Session;
                break;
            case NoteKind.SessionNotOpened:
                OnNotOpened((string)note.Data!);
                break;
            case NoteKind.SessionOver:
                OnSessionOver(note.Session!, (PumpEnd)note.Data!);
                break;
            case NoteKind.BargeIn:
                OnBargeIn((IReadOnlyList<HeardItem>)note.Data!);
                break;
            case NoteKind.FirstAudio:
                OnFirstAudio();
                break;
            case NoteKind.Answered:
                _services.Journal.Latency("turn", TimeSpan.FromMilliseconds(note.Length));
                break;
            case NoteKind.Dtmf:
                _agent?.OnDtmf((string)note.Data!);
                break;
            case NoteKind.LetGo when _agent is { } agent && _session is not null:
                agent.LetGo();
                break;
            case NoteKind.LetGo:
                End(new CallEnd(CallEndReason.LetGo));
                break;
            case NoteKind.Wake:
                OnWake();
                break;
            case NoteKind.Ended:
                _over = true;
                _agent?.OnEnded((CallEnd)note.Data!);
                break;
        }
    }

    private void OnServerEvent(VoiceLiveSession session, VoiceLiveEvent serverEvent)
    {
        if (session.Stage is SessionStage.Opened or SessionStage.Updating)
        {
            Handshake(session, serverEvent);
            return;
        }
        if (session.Stage != SessionStage.Current)
            return;

        switch (serverEvent)
        {
            case ErrorEvent { Error: { } error }:
                Log.ServiceError(_services.Logger, Facts.ConnectionId, error.Type ?? "", error.Code ?? "", error.Param ?? "");
                break;
            case ResponseCreated:
                _responding = true;
                break;
            case ResponseDone:
                _responding = false;
                break;
            case SpeechStarted:
                _callerSpeaks = true;
                break;
            case SpeechStopped:
                _callerSpeaks = false;
                break;
            case SessionUpdated { Session.ExpiresAt: { } expires }:
                Expect(session, expires);
                break;
        }
        _agent?.OnServerEvent(serverEvent);
    }

    private void OnBargeIn(IReadOnlyList<HeardItem> cut)
    {
        _services.Journal.Change(Facts.CallId, new CallChange { Interruptions = 1 });
        foreach (var item in cut)
            _agent?.OnBargeIn(item);
        _services.Journal.Event(Facts.CallId, "interruption", cut.Count > 0 ? $"after {cut[0].HeardMs} ms" : "");
    }

    private void OnFirstAudio()
    {
        var took = _time.GetElapsedTime(_startedAt);
        VoiceBridgeTelemetry.FirstAudio.Record(took.TotalSeconds);
        if (Facts.Resumed)
            return;
        _services.Journal.Change(Facts.CallId, new CallChange { FirstAudioAt = _time.GetUtcNow(), FirstAudioMs = took.TotalMilliseconds });
        _services.Journal.Latency("first_audio", took);
        _services.Journal.Event(Facts.CallId, "first_audio", $"after {took.TotalMilliseconds:0} ms");
    }
}
