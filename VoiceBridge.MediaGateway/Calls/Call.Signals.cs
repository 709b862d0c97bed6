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
            CountLatency("turn", took);
        if (session == _sessions.Current)
            _agent?.OnResponseAudio(responseId);
        if (!_hasPlayed)
            OnFirstAudio();
    });

    void IAudioSignals.OnBargeIn(IReadOnlyList<HeardItem> cut, bool cancel) => Post("barge-in", () =>
    {
        _audio.AcknowledgeCut();
        _services.Journal.Change(Facts.CallId, new CallChange { Interruptions = 1 });
        _agent?.OnBargeIn(cut, cancel);
        _services.Journal.Event(Facts.CallId, "interruption", cut.Count > 0 ? $"after {cut[0].HeardMs} ms" : "");
    });

    void IAudioSignals.OnDtmf(string tone) => Post("key", () => _agent?.OnDtmf(tone));

    void IAudioSignals.OnHangup() => End(new CallEnd(CallEndReason.CallerHungUp));

    void IAudioSignals.OnAudioFlood()
    {
        if (_ended.TrySetResult(new CallEnd(CallEndReason.Error, "the caller's audio came faster than anybody speaks")))
            VoiceBridgeTelemetry.Refusals.Add(1, new("entry", $"{Facts.Type}_socket"), new("reason", "too_much_audio"));
    }

    void IAudioSignals.OnWrongFormat(string format)
    {
        Log.WrongFormat(_services.Logger, Facts.ConnectionId, format, Facts.Audio.ToString());
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
        if (Facts.Resumed)
            return;
        var took = SinceAnswered();
        VoiceBridgeTelemetry.FirstAudio.Record(took.TotalSeconds, new KeyValuePair<string, object?>("type", Facts.Type));
        _services.Journal.Change(Facts.CallId, new CallChange { FirstAudioAt = _services.Time.GetUtcNow(), FirstAudioMs = took.TotalMilliseconds });
        CountLatency("first_audio", took);
        _services.Journal.Event(Facts.CallId, "first_audio", $"after {took.TotalMilliseconds:0} ms");
    }

    /// <summary>How long the caller has waited: since the call was answered, or at least since its media socket opened.</summary>
    private TimeSpan SinceAnswered()
    {
        var open = _services.Time.GetElapsedTime(_startedAt);
        return Facts.AnsweredAt is { } answered && _services.Time.GetUtcNow() - answered is var waited && waited > open && waited < open + LongestAnswer ? waited : open;
    }

    /// <summary>Charts show telephone calls: a browser on the next desk would make them look better than they are.</summary>
    private void CountLatency(string series, TimeSpan took)
    {
        if (!Facts.HasScreen)
            _services.Journal.Latency(series, took);
    }

    /// <summary>On the shared timer: looks, and leaves what there is to decide to the loop.</summary>
    private void Tick()
    {
        try
        {
            _leg.Writer.CheckDeadline();
            _sessions.CheckDeadlines();
            _audio.PublishFrames();
            // Transcript deltas are batched: a caller with a screen sees them at once, for the transcript a second is soon enough.
            if (Facts.HasScreen || ++_ticks % TicksPerLook == 0)
                _loop.Wake();
            if (!_leg.HasSpoken && _services.Time.GetElapsedTime(_startedAt).TotalMilliseconds > _services.Media.FirstMessageMs
                && _ended.TrySetResult(new CallEnd(CallEndReason.MediaLost, "nothing came")))
            {
                VoiceBridgeTelemetry.Refusals.Add(1, new("entry", $"{Facts.Type}_socket"), new("reason", "silent"));
            }
        }
        catch (Exception exception)
        {
            // The timer is all calls', and its thread the process's.
            OnFailed(exception, "tick");
        }
    }

    private void OnSettled()
    {
        if (_over || _agent is not { } agent)
            return;
        agent.OnSettled();
        _audio.Interruptible = agent.Interruptible;
    }

    private void OnFailed(Exception exception, string what)
    {
        Log.Failed(_services.Logger, exception, Facts.ConnectionId, what);
        End(new CallEnd(CallEndReason.Error, exception.GetType().Name));
    }

    private static partial class Log
    {
        [LoggerMessage(2302, LogLevel.Information,
            "[connection_id={ConnectionId}] Ended: {Reason} {Detail} (frames up {Up}, down {Down}, dropped {Dropped})")]
        public static partial void Ended(ILogger logger, string connectionId, string reason, string detail, long up, long down, long dropped);

        [LoggerMessage(2306, LogLevel.Warning, "[connection_id={ConnectionId}] Voice Live reported an error: {Type} {Code} {Param}")]
        public static partial void ServiceError(ILogger logger, string connectionId, string type, string code, string param);

        [LoggerMessage(2307, LogLevel.Error, "[connection_id={ConnectionId}] The call's handler failed: {Signal}")]
        public static partial void Failed(ILogger logger, Exception exception, string connectionId, string signal);

        [LoggerMessage(2308, LogLevel.Warning, "[connection_id={ConnectionId}] The agent did not end in time")]
        public static partial void AgentStuck(ILogger logger, string connectionId);

        [LoggerMessage(2311, LogLevel.Warning, "[connection_id={ConnectionId}] Voice Live sent a message that cannot be read, of {Bytes} bytes")]
        public static partial void Unreadable(ILogger logger, string connectionId, int bytes);

        [LoggerMessage(2312, LogLevel.Error, "[connection_id={ConnectionId}] The caller's audio is {Format}, not {Expected}, mono: it will sound wrong")]
        public static partial void WrongFormat(ILogger logger, string connectionId, string format, string expected);
    }
}
