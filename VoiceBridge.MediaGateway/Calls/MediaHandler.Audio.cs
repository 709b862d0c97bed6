using System.Buffers;
using System.Text;
using VoiceBridge.MediaGateway.Audio;
using VoiceBridge.MediaGateway.Calls.Facts;
using VoiceBridge.MediaGateway.Engines.VoiceLive;
using VoiceBridge.MediaGateway.Engines.VoiceLive.Protocol;
using VoiceBridge.MediaGateway.Sockets;
using VoiceBridge.ServiceDefaults.Telemetry;

namespace VoiceBridge.MediaGateway.Calls;

/// <summary>What runs on the sockets' threads: audio both ways, and barge-in.</summary>
internal abstract partial class MediaHandler
{
    private const int SampleEvery = 64;
    private static readonly KeyValuePair<string, object?> UplinkTag = new("direction", "uplink");
    private static readonly KeyValuePair<string, object?> DownlinkTag = new("direction", "downlink");

    private volatile VoiceLiveSession? _session;
    private long _downFrames;
    private long _publishedUp;
    private long _publishedDown;
    private long _publishedDropped;
    private long _speechStoppedAt;
    private bool _hasPlayed;

    // Browsers interrupt on another thread than the agent's audio comes on: nothing of it may slip in behind.
    private readonly Lock _playing = new();
    private volatile TaskCompletionSource _cut = NewCut();

    private long DroppedFrames => _uplink.Dropped + Volatile.Read(ref _droppedBefore) + (_session?.Writer.Dropped ?? 0);

    void ICallerSink.OnAudio(ReadOnlySpan<byte> base64)
    {
        if (_uplink.Frames % SampleEvery != 0)
        {
            _uplink.Audio(base64);
            return;
        }
        var began = _time.GetTimestamp();
        _uplink.Audio(base64);
        VoiceBridgeTelemetry.RelayLatency.Record(_time.GetElapsedTime(began).TotalSeconds, UplinkTag);
    }

    void ICallerSink.OnPcm(ReadOnlySpan<byte> samples) => _uplink.Pcm(samples);

    void ICallerSink.OnSilentFrame() => _uplink.SilentFrame();

    void ICallerSink.OnDtmf(string tone) => Note(new Note(NoteKind.Dtmf, Data: tone));

    void ICallerSink.OnInterrupt()
    {
        if (_session is not { } session || !_clock.IsPlaying || _agent is not { Interruptible: true })
            return;
        OnSpeechStarted(session);
        // Nobody spoke, so the service goes on unless it is told.
        session.Writer.Control(OutMessage.Shared(ClientEvents.ResponseCancel()));
    }

    void ICallerSink.OnHangup() => End(new CallEnd(CallEndReason.CallerHungUp));

    private bool OnServerMessage(VoiceLiveSession session, ReadOnlySpan<byte> message)
    {
        var delta = default(AudioDelta);
        var kind = ServerMessageReader.Read(message, session.UnescapeBuffer, ref delta);
        switch (kind)
        {
            case ServerMessageKind.AudioDelta:
                OnAudioDelta(session, delta);
                session.UnescapeBuffer.Reset();
                return true;
            case ServerMessageKind.SpeechStarted:
                OnSpeechStarted(session);
                break;
            case ServerMessageKind.SpeechStopped:
                _speechStoppedAt = _time.GetTimestamp();
                break;
            case ServerMessageKind.ResponseCreated:
                session.LatestResponse = Encoding.UTF8.GetBytes(ServerMessageReader.ReadResponseId(message));
                break;
            case ServerMessageKind.Malformed:
                session.UnescapeBuffer.Reset();
                return true;
        }

        session.UnescapeBuffer.Reset();
        var copy = ArrayPool<byte>.Shared.Rent(message.Length);
        message.CopyTo(copy);
        var note = new Note(NoteKind.ServerEvent, session, copy, message.Length);
        var waits = kind == ServerMessageKind.Words && _notes.TryAdd(note);
        if (!waits && !Note(note))
            ArrayPool<byte>.Shared.Return(copy);
        return true;
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
            if (session != _session || (session.FlushedResponse.Length > 0 && delta.ResponseId.SequenceEqual(session.FlushedResponse)))
                return;
            _leg.Play(delta.Audio, bytes / Base64Text.BytesPerMs);
            _clock.Sent(delta.ItemId, delta.ContentIndex, bytes);
        }
        Volatile.Write(ref _downFrames, _downFrames + 1);
        if (!_hasPlayed)
        {
            _hasPlayed = true;
            Note(new Note(NoteKind.FirstAudio));
        }
        if (_speechStoppedAt != 0)
        {
            var took = _time.GetElapsedTime(_speechStoppedAt);
            VoiceBridgeTelemetry.TurnLatency.Record(took.TotalSeconds);
            Note(new Note(NoteKind.Answered, Length: (int)took.TotalMilliseconds));
            _speechStoppedAt = 0;
        }
    }

    /// <summary>The caller speaks: what the agent is saying stops at once, and the service learns how much of it was heard.</summary>
    private void OnSpeechStarted(VoiceLiveSession session)
    {
        if (session != _session || _agent is not { Interruptible: true })
            return;
        var began = _time.GetTimestamp();
        IReadOnlyList<HeardItem> cut;
        lock (_playing)
        {
            // Deltas of this response that are on their way still come; of an older one there is nothing left to come.
            session.FlushedResponse = session.LatestResponse;
            // Also audio of a session that is gone plays on and must stop, though nobody is left to hear how much of it was heard.
            if (!_clock.IsPlaying)
                return;
            cut = _clock.Flush();
            _leg.StopPlaying();
        }
        Interlocked.Exchange(ref _cut, NewCut()).TrySetResult();
        VoiceBridgeTelemetry.BargeInLatency.Record(_time.GetElapsedTime(began).TotalSeconds);
        foreach (var item in cut)
            session.Writer.Control(OutMessage.Shared(ClientEvents.Truncate(item.ItemId, item.ContentIndex, item.HeardMs)));
        Note(new Note(NoteKind.BargeIn, session, cut));
    }

    private static TaskCompletionSource NewCut() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Counters become metrics a few times a second, not with each frame.</summary>
    private void PublishFrames()
    {
        var (up, down, dropped) = (_uplink.Frames, Volatile.Read(ref _downFrames), DroppedFrames);
        if (up > _publishedUp)
            VoiceBridgeTelemetry.Frames.Add(up - _publishedUp, UplinkTag);
        if (down > _publishedDown)
            VoiceBridgeTelemetry.Frames.Add(down - _publishedDown, DownlinkTag);
        if (dropped > _publishedDropped)
            VoiceBridgeTelemetry.FramesDropped.Add(dropped - _publishedDropped, UplinkTag, new("reason", "lag"));
        (_publishedUp, _publishedDown, _publishedDropped) = (up, down, Math.Max(dropped, _publishedDropped));
    }
}
