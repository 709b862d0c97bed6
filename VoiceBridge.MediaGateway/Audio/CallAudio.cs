using System.Buffers;
using System.Text;
using VoiceBridge.MediaGateway.Engines.VoiceLive;
using VoiceBridge.MediaGateway.Engines.VoiceLive.Protocol;
using VoiceBridge.MediaGateway.Sockets;
using VoiceBridge.ServiceDefaults.Telemetry;

namespace VoiceBridge.MediaGateway.Audio;

/// <summary>A call's audio in both directions, barge-in, and recordings of our own. The only code that runs on the sockets' threads; what is to be decided
/// goes to <see cref="IAudioSignals"/>.</summary>
internal sealed class CallAudio(ICallerLeg leg, IAudioSignals signals, TimeSpan hold, int maxRate, TimeProvider time) : ICallerSink
{
    private const int SampleEvery = 64;
    private const int RecordingFrameMs = 30;
    private static readonly TimeSpan UntoldCut = TimeSpan.FromMilliseconds(20);
    private static readonly KeyValuePair<string, object?> UplinkTag = new("direction", "uplink");
    private static readonly KeyValuePair<string, object?> DownlinkTag = new("direction", "downlink");

    // Callers interrupt on another thread than the agent's audio comes on: nothing of it may slip in behind.
    private readonly Lock _playing = new();
    private readonly Uplink _uplink = new(leg.Format, hold);
    private readonly PlayoutClock _clock = new(leg.Format, time);
    private readonly RateWindow _audioRate = new(maxRate * 1_000, time);
    private volatile VoiceLiveSession? _session;
    private volatile bool _interruptible;
    private bool _playsRecording;
    private bool _yields;
    private int _untoldCuts;
    private long _downFrames;
    private long _droppedBefore;
    private long _publishedUp;
    private long _publishedDown;
    private long _publishedDropped;
    private long _speechStoppedAt;
    private long _lastDelta = time.GetTimestamp();

    /// <summary>Whether a caller who begins to speak or presses a key cuts the agent off.</summary>
    public bool Interruptible
    {
        get => _interruptible;
        set => _interruptible = value;
    }

    /// <summary>How long the service hears nothing before it says that the caller has stopped to speak: the caller waits for that too.</summary>
    public TimeSpan EndOfTurn { get; set; }

    /// <summary>How long until everything that was sent to the caller has been played. What was cut off is not heard: until the loop knows of the cut
    /// (<see cref="AcknowledgeCut"/>), something remains.</summary>
    public TimeSpan Remaining
    {
        get
        {
            lock (_playing)
                return _untoldCuts > 0 ? UntoldCut : _clock.Remaining;
        }
    }

    /// <summary>Since the agent's latest audio came.</summary>
    public TimeSpan SinceAudio => time.GetElapsedTime(Volatile.Read(ref _lastDelta));

    public bool HasSession => _session is not null;

    public long UpFrames => _uplink.Frames;

    public long DownFrames => Volatile.Read(ref _downFrames);

    public long DroppedFrames => _uplink.Dropped + Volatile.Read(ref _droppedBefore) + (_session?.Writer.Dropped ?? 0);

    /// <summary>The agent's audio comes from <paramref name="session"/> from now on, or from nobody. The caller's audio goes nowhere until <see cref="Attach"/>.</summary>
    public void Use(VoiceLiveSession? session)
    {
        if (_session is { } old)
            Volatile.Write(ref _droppedBefore, _droppedBefore + old.Writer.Dropped);
        if (session is null)
            _uplink.Detach();
        lock (_playing)
        {
            _session = session;
            _clock.Forget();
        }
    }

    /// <summary>The caller's audio goes to the session, what was kept first.</summary>
    public void Attach(VoiceLiveSession session) => _uplink.Attach(session.Writer);

    public void Clear() => _uplink.Clear();

    /// <summary>The loop knows that the agent was cut off.</summary>
    public void AcknowledgeCut()
    {
        lock (_playing)
            _untoldCuts--;
    }

    /// <summary>Plays a recording behind what is being played. The agent's next audio, or a caller who interrupts, stops it.</summary>
    public void Play(Recording recording)
    {
        var frame = leg.Format.TextLength(RecordingFrameMs);
        lock (_playing)
        {
            (_playsRecording, _yields) = (true, recording.Yields);
            for (var text = recording.In(leg.Format).Span; text.Length >= frame; text = text[frame..])
                leg.Play(text[..frame], _clock.Sent(default, 0, RecordingFrameMs * leg.Format.BytesPerMs));
        }
    }

    /// <summary>Nothing of this response is played any more.</summary>
    public void Mute(VoiceLiveSession session, string responseId)
    {
        lock (_playing)
            session.Flush(Encoding.UTF8.GetBytes(responseId));
        if (session.SoundsLike(responseId))
            Interrupt(session, cancel: false);
    }

    public void OnAudio(ReadOnlySpan<byte> base64)
    {
        CountAudio(Base64Text.DecodedBytes(base64));
        if (_uplink.Frames % SampleEvery != 0)
        {
            _uplink.Audio(base64);
            return;
        }
        var began = time.GetTimestamp();
        _uplink.Audio(base64);
        VoiceBridgeTelemetry.RelayLatency.Record(time.GetElapsedTime(began).TotalSeconds, UplinkTag);
    }

    public void OnPcm(ReadOnlySpan<byte> samples)
    {
        CountAudio(samples.Length);
        _uplink.Pcm(samples);
    }

    public void OnSilentFrame() => _uplink.SilentFrame();

    public void OnDtmf(string tone)
    {
        // First the key: it keeps a call that the goodbye is cut off of.
        signals.OnDtmf(tone);
        OnInterrupt();
    }

    public void OnPlayed(long position) => _clock.Reported(position);

    public void OnInterrupt()
    {
        if (_session is { } session && _interruptible)
            Interrupt(session, cancel: true);
        else
            EndWait();
    }

    public void OnHangup() => signals.OnHangup();

    public void OnWrongFormat(string format) => signals.OnWrongFormat(format);

    /// <summary>A message of Voice Live, on its socket's thread.</summary>
    public bool OnServerMessage(VoiceLiveSession session, ReadOnlySpan<byte> message)
    {
        var delta = default(AudioDelta);
        var kind = ServerMessageReader.Read(message, session.Scratch, ref delta);
        if (kind == ServerMessageKind.AudioDelta)
            OnAudioDelta(session, delta);
        session.Scratch.Reset();
        if (kind is ServerMessageKind.AudioDelta or ServerMessageKind.Ignored)
            return true;

        if (session == _session)
        {
            if (kind == ServerMessageKind.SpeechStarted)
                OnSpeechStarted(session, message);
            else if (kind == ServerMessageKind.SpeechStopped)
                OnSpeechStopped();
            else if (kind == ServerMessageKind.Committed)
                _uplink.Committed();
        }
        if (kind == ServerMessageKind.ResponseCreated)
        {
            session.LatestResponse = ServerMessageReader.ReadResponseId(message, session.Scratch).ToArray();
            session.Scratch.Reset();
        }
        var copy = ArrayPool<byte>.Shared.Rent(message.Length);
        message.CopyTo(copy);
        signals.OnServerEvent(session, copy, message.Length, canWait: kind == ServerMessageKind.Words);
        return true;
    }

    /// <summary>Counters become metrics a few times a second, not with each frame.</summary>
    public void PublishFrames()
    {
        var (up, down, dropped) = (_uplink.Frames, DownFrames, DroppedFrames);
        if (up > _publishedUp)
            VoiceBridgeTelemetry.Frames.Add(up - _publishedUp, UplinkTag);
        if (down > _publishedDown)
            VoiceBridgeTelemetry.Frames.Add(down - _publishedDown, DownlinkTag);
        if (dropped > _publishedDropped)
            VoiceBridgeTelemetry.FramesDropped.Add(dropped - _publishedDropped, UplinkTag, new("reason", "lag"));
        (_publishedUp, _publishedDown, _publishedDropped) = (up, down, Math.Max(dropped, _publishedDropped));
    }

    private void OnAudioDelta(VoiceLiveSession session, in AudioDelta delta)
    {
        if (!delta.ResponseId.SequenceEqual(session.LatestResponse))
            session.LatestResponse = delta.ResponseId.ToArray();
        var bytes = Base64Text.DecodedBytes(delta.Audio);
        if (bytes == 0)
            return;

        lock (_playing)
        {
            if (session != _session || session.IsFlushed(delta.ResponseId))
                return;
            if (_playsRecording)
                StopRecording();
            leg.Play(delta.Audio, _clock.Sent(delta.ItemId, delta.ContentIndex, bytes));
        }
        Volatile.Write(ref _downFrames, _downFrames + 1);
        Volatile.Write(ref _lastDelta, time.GetTimestamp());
        if (delta.ResponseId.SequenceEqual(session.SoundingResponse))
            return;
        session.SoundingResponse = delta.ResponseId.ToArray();
        TimeSpan? answered = _speechStoppedAt == 0 ? null : time.GetElapsedTime(_speechStoppedAt) + EndOfTurn;
        if (answered is { } took)
            VoiceBridgeTelemetry.TurnLatency.Record(took.TotalSeconds);
        _speechStoppedAt = 0;
        signals.OnResponseAudio(session, Encoding.UTF8.GetString(delta.ResponseId), answered);
    }

    private void CountAudio(int bytes)
    {
        if (!_audioRate.TryAdd(bytes / leg.Format.BytesPerMs))
            signals.OnAudioFlood();
    }

    private void OnSpeechStarted(VoiceLiveSession session, ReadOnlySpan<byte> message)
    {
        _uplink.Begins(ServerMessageReader.ReadSpeechStart(message, session.Scratch));
        session.Scratch.Reset();
        if (_interruptible)
            Interrupt(session, cancel: false);
        else
            EndWait();
    }

    private void OnSpeechStopped()
    {
        _speechStoppedAt = time.GetTimestamp();
        _uplink.Stops();
    }

    /// <summary>What the agent is saying stops at once, and the service learns how much of it was heard.</summary>
    private void Interrupt(VoiceLiveSession session, bool cancel)
    {
        var began = time.GetTimestamp();
        IReadOnlyList<HeardItem> cut;
        lock (_playing)
        {
            // Deltas of this response that are on their way still come; of an older one there is nothing left to come.
            if (!cancel || _clock.IsPlaying)
                session.Flush(session.LatestResponse);
            // Also audio of a session that is gone plays on and must stop, though nobody is left to hear how much of it was heard.
            if (!_clock.IsPlaying)
                return;
            if (_playsRecording && _yields)
            {
                StopRecording();
                return;
            }
            cut = _clock.Flush();
            leg.StopPlaying();
            _playsRecording = false;
            _untoldCuts++;
        }
        VoiceBridgeTelemetry.BargeInLatency.Record(time.GetElapsedTime(began).TotalSeconds);
        foreach (var item in cut)
            session.Writer.Control(OutMessage.Shared(ClientEvents.Truncate(item.ItemId, item.ContentIndex, item.HeardMs)));
        signals.OnBargeIn(cut, cancel);
    }

    /// <summary>What a caller hears who waits stops when they speak.</summary>
    private void EndWait()
    {
        lock (_playing)
        {
            if (_playsRecording && _yields)
                StopRecording();
        }
    }

    private void StopRecording()
    {
        _playsRecording = false;
        if (!_clock.IsPlaying)
            return;
        _clock.Flush();
        leg.StopPlaying();
    }
}
