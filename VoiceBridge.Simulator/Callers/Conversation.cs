using VoiceBridge.Simulator.Acs;
using VoiceBridge.Simulator.Acs.Media;
using VoiceBridge.Simulator.Audio;

namespace VoiceBridge.Simulator.Callers;

/// <summary>The two people of an answered call as the phone network sees them: what the caller says goes out, what comes in is played.</summary>
internal sealed class Conversation : Pacer.IPaced
{
    private readonly SimulatedCall _call;
    private readonly CallServices _services;
    private readonly IMediaLine _line;
    private readonly Playout _playout;
    private readonly Ear _ear;
    private readonly Mouth _mouth;
    private readonly Caller _caller;
    private readonly ProbeTimes _probes;
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

    internal Conversation(SimulatedCall call, IMediaLine line, CallServices services)
    {
        _call = call;
        _line = line;
        _services = services;
        var rate = line.SampleRate;
        _playout = new Playout(rate, services.Time);
        _probes = new ProbeTimes(services.Time);
        _playout.OnProbe = (mark, number) =>
        {
            if (mark == call.Mark) _probes.Back(number);
        };
        _ear = new Ear(call.Mark);
        _mouth = new Mouth(rate, call.Mark);
        _caller = new Caller(call.Plan.Script, _mouth, _ear, _probes);
        _recording = call.Plan.RecordTo is { } path ? new Recording(path, rate) : null;
        _latencies = new Latencies(services.Time);
        _spoken = new short[Pcm.SamplesPerFrame(rate)];
        _heard = new short[Pcm.SamplesPerFrame(rate)];
        _startedAt = services.Time.GetTimestamp();
    }

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
        Pcm.Milliseconds(_playout.ReceivedSamples, _line.SampleRate),
        Pcm.Milliseconds(_playout.PlayedSamples, _line.SampleRate),
        _playout.QueuedMilliseconds,
        _playout.Stops,
        Pcm.Milliseconds(_playout.StaleSamples, _line.SampleRate),
        _ear.PlayedByItem);

    internal CallerStatistics Statistics => new()
    {
        FramesSent = _sent,
        FramesReceived = _playout.ReceivedSamples / _spoken.Length,
        FramesHeard = _ear.FramesHeard,
        FramesLost = _unsent + _line.FramesLost,
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
        _line.Played(_playout.PlayedSamples);

        // Nobody begins to talk before there is a line; what is lost later, when a socket is gone, is lost.
        if (_line.Opened == 0)
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
        if (_line.Active)
        {
            _line.Post(_spoken, sound == Caller.Sound.Quiet);
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

    internal double QueuedMilliseconds => _playout.QueuedMilliseconds;

    /// <summary>How many samples will have been played when all that has come so far has been.</summary>
    internal long PlayedAtEnd => _playout.PlayedAtEnd;

    /// <summary>Audio of the bridge; on the receiving loop of its socket.</summary>
    internal void Receive(ReadOnlySpan<short> samples) => _playout.Enqueue(samples);

    /// <summary>The bridge wants nothing more to be played of what it has sent.</summary>
    internal void Stop()
    {
        var stop = _playout.Stop();
        _latencies.Stopped();
        if (stop.DiscardedMilliseconds <= 0) return;
        _interruptions++;
        _ear.Cut();
    }

    /// <summary>The socket is gone, and what it brought with it.</summary>
    internal void Drop() => _playout.Drop();

    /// <summary>The bridge has sent something that is no message.</summary>
    internal void CountInvalid() => Interlocked.Increment(ref _invalid);

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
        foreach (var tone in tones) _line.PostTone(tone);
    }
}
