using System.Buffers;
using VoiceBridge.Simulator.Acs;
using VoiceBridge.Simulator.Acs.Media;
using VoiceBridge.Simulator.Acs.Rest;
using VoiceBridge.Simulator.Audio;

namespace VoiceBridge.Simulator.Callers;

/// <summary>The two people of an answered call as the phone network sees them: what the caller says goes out, what comes in is played.</summary>
internal sealed class Conversation : Pacer.IPaced
{
    private readonly SimulatedCall _call;
    private readonly CallServices _services;
    private readonly MediaStreaming _media;
    private readonly Playout _playout;
    private readonly Ear _ear;
    private readonly Mouth _mouth;
    private readonly Caller _caller;
    private readonly ProbeTimes _probes;
    private readonly MediaWriter _writer;
    private readonly Recording? _recording;
    private readonly Latencies _latencies;
    private readonly short[] _spoken;
    private readonly short[] _heard;
    private readonly long _startedAt;
    private readonly Lock _saidGate = new();
    private readonly List<SaidTurn> _said = [];
    private TimeSpan _saidFrom;
    private long _sent;
    private long _unsent;
    private int _interruptions;
    private int _invalid;
    private string? _sayNow;
    private string? _pressNow;
    private TimeSpan? _firstAudio;

    internal Conversation(SimulatedCall call, MediaStreaming media, CallServices services)
    {
        _call = call;
        _media = media;
        _services = services;
        var rate = media.SampleRate;
        _playout = new Playout(rate, services.Time);
        _probes = new ProbeTimes(services.Time);
        _playout.OnProbe = (mark, number) =>
        {
            if (mark == call.Mark) _probes.Back(number);
        };
        _ear = new Ear(call.Mark);
        _mouth = new Mouth(rate, call.Mark);
        _caller = new Caller(call.Plan.Script, _mouth, _ear, _probes);
        _writer = new MediaWriter(services.Options.Acs, media.Unmixed ? Identifiers.RawId(call.Plan.From) : null);
        _recording = call.Plan.RecordTo is { } path ? new Recording(path, rate) : null;
        _latencies = new Latencies(services.Time);
        _spoken = new short[Pcm.SamplesPerFrame(rate)];
        _heard = new short[Pcm.SamplesPerFrame(rate)];
        _startedAt = services.Time.GetTimestamp();
    }

    internal MediaStream? Stream { get; set; }

    internal IReadOnlyList<HeardTurn> Heard => _ear.Turns;

    internal IReadOnlyList<SaidTurn> Said
    {
        get
        {
            lock (_saidGate) return [.. _said];
        }
    }

    internal bool AgentSpeaking => _ear.Speaking;

    internal bool ScriptFinished => _caller.Finished;

    internal CallPlayout Playout => new(
        Pcm.Milliseconds(_playout.ReceivedSamples, _media.SampleRate),
        Pcm.Milliseconds(_playout.PlayedSamples, _media.SampleRate),
        _playout.QueuedMilliseconds,
        _playout.Stops,
        Pcm.Milliseconds(_playout.StaleSamples, _media.SampleRate),
        _ear.PlayedByItem);

    internal CallerStatistics Statistics => new()
    {
        FramesSent = _sent,
        FramesReceived = _playout.ReceivedSamples / _spoken.Length,
        FramesHeard = _ear.FramesHeard,
        FramesLost = _unsent + (Stream?.FramesLost ?? 0),
        FramesAfterStop = _playout.StaleSamples / _spoken.Length,
        FramesOwn = _ear.FramesOwn,
        FramesForeign = _ear.FramesForeign,
        CallerTurns = _mouth.Utterances,
        AgentTurns = _ear.Ended + (_ear.Speaking ? 1 : 0),
        Interruptions = _interruptions,
        FirstAudio = _firstAudio,
        LargestGap = _ear.LargestGap,
        InvalidMessages = _invalid,
        TurnLatencies = _latencies.Turns,
        BargeInLatencies = _latencies.BargeIns,
        RoundTrips = _probes.RoundTrips,
        ProbesLost = _probes.Lost,
    };

    public void Tick()
    {
        var playing = _playout.Play(_heard);
        if (_ear.Hear(_heard, playing)) _latencies.AgentBegan();
        if (playing) _firstAudio ??= _services.Time.GetElapsedTime(_startedAt);

        // Nobody begins to talk before there is a line; what is lost later, when a socket is gone, is lost.
        if (Stream is not { Opened: > 0 })
        {
            if (_services.Time.GetElapsedTime(_startedAt) >= _call.Plan.HangUpAfter) _call.Disconnect("caller hung up");
            return;
        }
        if (Interlocked.Exchange(ref _sayNow, null) is { } words) _caller.SayNow(words);
        var wasSpeaking = _mouth.Speaking;
        var sound = _caller.Next(_spoken);
        if (sound == Caller.Sound.Speech && !wasSpeaking) CallerBegan();
        if (wasSpeaking && !_mouth.Speaking) CallerEnded();

        Press();
        if (Stream.Active)
        {
            Stream.Post(_writer.Audio(_spoken, sound == Caller.Sound.Quiet, _services.Time.GetUtcNow()));
            _sent++;
        }
        else
        {
            _unsent++;
        }
        _recording?.Write(_spoken, _heard);
        if (_caller.WantsToHangUp || _services.Time.GetElapsedTime(_startedAt) >= _call.Plan.HangUpAfter) _call.Disconnect("caller hung up");
    }

    public void Fail(Exception why) => _call.Disconnect($"simulator failed: {why.Message}");

    /// <summary>A message of the bridge; on the receiving loop of its socket.</summary>
    internal void OnMessage(ReadOnlySpan<byte> message)
    {
        var audio = ArrayPool<byte>.Shared.Rent(message.Length);
        switch (MediaReader.Read(message, audio, out var bytes))
        {
            case MediaReader.Kind.Audio when _media.Bidirectional:
                _playout.Enqueue(Pcm.Samples(audio.AsSpan(0, bytes)));
                break;
            case MediaReader.Kind.Stop:
                var stop = _playout.Stop();
                _latencies.Stopped();
                if (stop.DiscardedMilliseconds > 0)
                {
                    _interruptions++;
                    _ear.Cut();
                }
                break;
            case MediaReader.Kind.Invalid:
                _invalid++;
                break;
        }
        ArrayPool<byte>.Shared.Return(audio);
    }

    /// <summary>Done when ACS may read on; see <see cref="AcsBehaviour.ReadAhead"/>.</summary>
    internal async ValueTask PaceAsync(CancellationToken cancel)
    {
        while (_services.Options.Acs.ReadAhead is { } most && _playout.QueuedMilliseconds > most.TotalMilliseconds)
            await Task.Delay(TimeSpan.FromMilliseconds(Pcm.FrameMilliseconds), _services.Time, cancel);
    }

    internal void Say(string text) => Interlocked.Exchange(ref _sayNow, text);

    internal void Press(string tones) => Interlocked.Exchange(ref _pressNow, tones);

    internal void Finish()
    {
        _ear.Finish();
        _playout.Release();
        _recording?.Dispose();
    }

    private void CallerBegan()
    {
        _saidFrom = _ear.Now;
        _latencies.CallerBegan(over: _ear.Speaking);
    }

    private void CallerEnded()
    {
        lock (_saidGate) _said.Add(new SaidTurn(_mouth.Words, _saidFrom, _ear.Now + TimeSpan.FromMilliseconds(Pcm.FrameMilliseconds) - _saidFrom));
        _latencies.CallerEnded();
    }

    private void Press()
    {
        var tones = _caller.Tones + Interlocked.Exchange(ref _pressNow, null);
        if (tones.Length == 0) return;
        _caller.Tones = null;
        if (!_media.Dtmf) return;
        foreach (var tone in tones) Stream?.Post(MediaWriter.Dtmf(tone), audio: false);
    }
}
