using VoiceBridge.Simulator.Audio;

namespace VoiceBridge.Simulator.VoiceLive;

/// <summary>Finds speech by energy. Its clock is the appended audio, not the wall's: without audio, no turn ever ends.</summary>
internal sealed class VoiceActivity
{
    private double _energy;
    private int _inWindow;
    private int _loud;
    private int _quiet;

    internal enum Change
    {
        None,
        Started,
        Stopped,
    }

    internal bool Speaking { get; private set; }

    /// <summary>How much audio was appended, in ms.</summary>
    internal double PositionMs { get; private set; }

    /// <summary>Takes samples up to the first change; the rest comes back for the next call.</summary>
    internal Change Take(ref ReadOnlySpan<short> samples, int rate, double speechMs, double silenceMs)
    {
        var window = Pcm.SamplesPerFrame(rate);
        while (!samples.IsEmpty)
        {
            var part = samples[..Math.Min(samples.Length, window - _inWindow)];
            samples = samples[part.Length..];
            _energy += Pcm.Energy(part);
            _inWindow += part.Length;
            if (_inWindow < window) continue;
            var loud = Math.Sqrt(_energy / window) > Pcm.SpeechRms;
            _energy = _inWindow = 0;
            PositionMs += Pcm.FrameMilliseconds;
            // Stops between syllables do not start the count again, they only set it back a little.
            _loud = loud ? _loud + 1 : Math.Max(_loud - 1, 0);
            _quiet = loud ? 0 : _quiet + 1;
            if (!Speaking && _loud * Pcm.FrameMilliseconds >= speechMs)
            {
                Speaking = true;
                return Change.Started;
            }
            if (Speaking && _quiet * Pcm.FrameMilliseconds >= silenceMs)
            {
                Reset();
                return Change.Stopped;
            }
        }
        return Change.None;
    }

    internal void Reset()
    {
        Speaking = false;
        _loud = 0;
    }
}
