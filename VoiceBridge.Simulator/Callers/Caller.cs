using VoiceBridge.Simulator.Audio;

namespace VoiceBridge.Simulator.Callers;

/// <summary>Plays the script, in steps of 20 ms. Everything here runs on the pacer's loop.</summary>
internal sealed class Caller
{
    private readonly IReadOnlyList<CallerStep> _steps;
    private readonly Mouth _mouth;
    private readonly Ear _ear;
    private readonly ProbeTimes _probes;
    private int _step;
    private long _framesInStep;
    private int _turnsSeen;
    private bool _begun;

    internal Caller(CallerScript script, Mouth mouth, Ear ear, ProbeTimes probes)
    {
        _steps = script.Steps;
        _mouth = mouth;
        _ear = ear;
        _probes = probes;
    }

    internal enum Sound
    {
        Quiet,
        Speech,
        Probe,
    }

    /// <summary>Keys to press, if any: read and cleared by who sends them.</summary>
    internal string? Tones { get; set; }

    /// <summary>Whether the script told to hang up.</summary>
    internal bool WantsToHangUp { get; private set; }

    /// <summary>Whether the script is over.</summary>
    internal bool Finished => _step >= _steps.Count && !_mouth.Speaking;

    /// <summary>Makes the caller say something now, whatever the script is at.</summary>
    internal void SayNow(string text) => _mouth.Say(text);

    internal Sound Next(Span<short> frame)
    {
        while (_step < _steps.Count && !_mouth.Speaking && Advance(_steps[_step]))
        {
            _step++;
            _framesInStep = 0;
            _begun = false;
        }
        _framesInStep++;
        if (_step < _steps.Count && _steps[_step] is CallerStep.Probe && !_mouth.Speaking)
        {
            _probes.Sent(_mouth.Probe(frame));
            return Sound.Probe;
        }
        return _mouth.Next(frame) ? Sound.Speech : Sound.Quiet;
    }

    /// <summary>True when the step is done.</summary>
    private bool Advance(CallerStep step)
    {
        switch (step)
        {
            case CallerStep.Say say:
                if (_begun) return true;
                _begun = true;
                // What is heard from here on may be the answer.
                _turnsSeen = _ear.Ended + (_ear.Speaking ? 1 : 0);
                _mouth.Say(say.Text);
                return false;
            case CallerStep.Play play:
                if (_begun) return true;
                _begun = true;
                _turnsSeen = _ear.Ended + (_ear.Speaking ? 1 : 0);
                _mouth.Say(Wav.Read(File.ReadAllBytes(play.Path)), play.Text);
                return false;
            case CallerStep.Noise noise:
                if (_begun) return true;
                _begun = true;
                _turnsSeen = _ear.Ended + (_ear.Speaking ? 1 : 0);
                _mouth.Noise(noise.Duration);
                return false;
            case CallerStep.WaitForAgent wait:
                if (Elapsed < wait.Patience && (_ear.Speaking || _ear.Ended <= _turnsSeen)) return false;
                _turnsSeen = _ear.Ended;
                return true;
            case CallerStep.WaitForSpeech wait:
                return Elapsed >= wait.Patience || (_ear.Ended >= _turnsSeen && _ear.SpeakingFor >= wait.After);
            case CallerStep.Silence silence:
                return Elapsed >= silence.Duration;
            case CallerStep.Probe probe:
                return Elapsed >= probe.Duration;
            case CallerStep.Dtmf dtmf:
                Tones = Tones + dtmf.Tones;
                return true;
            case CallerStep.HangUp:
                WantsToHangUp = true;
                return true;
            default:
                return true;
        }
    }

    private TimeSpan Elapsed => TimeSpan.FromMilliseconds(_framesInStep * Pcm.FrameMilliseconds);
}
