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

/// <summary>What the call's parts tell each other: signals of the sockets' threads to the loop, and the agent's doings to sockets and phone.</summary>
internal sealed partial class Call
{
    ICallTimers ICallControls.Timers => _loop;

    TimeSpan ICallControls.Remaining => _audio.Remaining;

    TimeSpan ICallControls.SinceAudio => _audio.SinceAudio;

    /// <inheritdoc cref="ICallControls.Post"/>
    public bool Post(string name, Action handle)
    {
        if (_loop.Post(name, handle))
            return true;
        // Full means that the loop is stuck, which no call survives; complete means that the call is over.
        End(new CallEnd(CallEndReason.Error, "the call's loop is stuck"));
        return false;
    }

    void ICallControls.Send(ReadOnlyMemory<byte> clientEvent) => _sessions.Current?.Writer.Control(OutMessage.Shared(clientEvent));

    void ICallControls.Mute(string responseId)
    {
        if (_sessions.Current is { } session)
            _audio.Mute(session, responseId);
    }

    void ICallControls.Play(RecordingKind kind) => _audio.Play(Recording.Find(kind, _profile.Languages));

    Task<string?> ICallControls.TransferAsync(string target, CancellationToken cancellationToken) =>
        _transfer.AskAsync(Facts, target, cancellationToken, _stopping.Token);

    void ICallControls.SendToCaller(ReadOnlyMemory<byte> json) => _leg.Show(json);

    void IAudioSignals.OnServerEvent(VoiceLiveSession session, byte[] rented, int length, bool canWait)
    {
        void Handle() => OnServerEvent(session, rented, length);

        var posted = canWait ? _loop.PostLazily("server event", Handle) : _loop.Post("server event", Handle);
        if (posted)
            return;
        ArrayPool<byte>.Shared.Return(rented);
        End(new CallEnd(CallEndReason.Error, "the call's loop is stuck"));
    }

    void IAudioSignals.OnResponseAudio(VoiceLiveSession session, string responseId, TimeSpan? answered) => Post("audio", () =>
    {
        if (answered is { } took)
            _services.Journal.Latency("turn", took);
        if (session == _sessions.Current)
            _agent?.OnResponseAudio(responseId);
        if (!_hasPlayed)
            OnFirstAudio();
    });

    void IAudioSignals.OnBargeIn(IReadOnlyList<HeardItem> cut, bool cancel) => Post("barge-in", () =>
    {
        _services.Journal.Change(Facts.CallId, new CallChange { Interruptions = 1 });
        _agent?.OnBargeIn(cut, cancel);
        _services.Journal.Event(Facts.CallId, "interruption", cut.Count > 0 ? $"after {cut[0].HeardMs} ms" : "");
    });

    void IAudioSignals.OnDtmf(string tone) => Post("key", () => _agent?.OnDtmf(tone));

    void IAudioSignals.OnHangup() => End(new CallEnd(CallEndReason.CallerHungUp));

    void IAudioSignals.OnWrongFormat(string format)
    {
        Log.WrongFormat(_services.Logger, Facts.ConnectionId, format);
        _services.Journal.Event(Facts.CallId, "error", $"the caller's audio is {format}");
    }

    private void OnServerEvent(VoiceLiveSession session, byte[] rented, int length)
    {
        var serverEvent = VoiceLiveEvents.Read(rented.AsMemory(0, length));
        ArrayPool<byte>.Shared.Return(rented);
        if (_over)
            return;
        if (serverEvent is null)
        {
            Log.Unreadable(_services.Logger, Facts.ConnectionId, length);
            VoiceBridgeTelemetry.Refusals.Add(1, new("entry", "voicelive_socket"), new("reason", "malformed"));
            return;
        }
        if (!_sessions.OnServerEvent(session, serverEvent))
            return;
        if (serverEvent is ErrorEvent { Error: var error })
            Log.ServiceError(_services.Logger, Facts.ConnectionId, error.Type ?? "", error.Code ?? "", error.Param ?? "");
        _agent?.OnServerEvent(serverEvent);
    }

    private void OnFirstAudio()
    {
        _hasPlayed = true;
        var took = _services.Time.GetElapsedTime(_startedAt);
        VoiceBridgeTelemetry.FirstAudio.Record(took.TotalSeconds);
        if (Facts.Resumed)
            return;
        _services.Journal.Change(Facts.CallId, new CallChange { FirstAudioAt = _services.Time.GetUtcNow(), FirstAudioMs = took.TotalMilliseconds });
        _services.Journal.Latency("first_audio", took);
        _services.Journal.Event(Facts.CallId, "first_audio", $"after {took.TotalMilliseconds:0} ms");
    }
}
