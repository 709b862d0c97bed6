using VoiceBridge.Simulator.Audio;
using VoiceBridge.Simulator.Marks;

namespace VoiceBridge.Simulator.Callers;

/// <summary>Makes the caller's frames: speech, numbered frames for measuring, or a quiet line.</summary>
internal sealed class Mouth
{
    private readonly int _rate;
    private readonly ushort _mark;
    private readonly short[] _quiet;
    private readonly short[] _hum;
    private short[]? _speech;
    private MarkWriter? _writer;
    private int _position;
    private ushort _utterances;
    private ushort _probes;

    internal Mouth(int rate, ushort mark)
    {
        _rate = rate;
        _mark = mark;
        _quiet = new short[Pcm.SamplesPerFrame(rate)];
        if (mark != 0) MarkWriter.Fill(_quiet, MarkWord.Encode(MarkKind.Caller, mark, 0));
        _hum = new short[_quiet.Length];
        for (var i = 0; i < _hum.Length; i++) _hum[i] = (short)(4000 * Math.Sin(2 * Math.PI * i * 10 / _hum.Length));
    }

    internal bool Speaking => _speech is not null;

    internal int Utterances => _utterances;

    /// <summary>What is being said, or was last.</summary>
    internal string Words { get; private set; } = "";

    internal void Say(string text) => Say(Voice.Caller.Speak(text), text);

    /// <summary>A loud sound without words: a cough, a door, music.</summary>
    internal void Noise(TimeSpan length)
    {
        var samples = new short[(int)(length.TotalSeconds * Pcm.Rate)];
        for (var i = 0; i < samples.Length; i++) samples[i] = (short)(6000 * Math.Sin(2 * Math.PI * i * 180 / Pcm.Rate));
        Say(samples, "");
    }

    internal void Say(short[] samples, string text)
    {
        Words = text;
        _speech = Pcm.Resample(samples, Pcm.Rate, _rate);
        _position = 0;
        _utterances++;
        _writer = new MarkWriter(MarkWord.Encode(MarkKind.Caller, _mark, _utterances), text);
    }

    /// <summary>The next frame of speech; false, and a quiet one, when there is nothing to say.</summary>
    internal bool Next(Span<short> frame)
    {
        if (_speech is null)
        {
            _quiet.CopyTo(frame);
            return false;
        }
        var length = Math.Min(frame.Length, _speech.Length - _position);
        _speech.AsSpan(_position, length).CopyTo(frame);
        frame[length..].Clear();
        _writer!.Write(frame);
        _position += length;
        if (_position == _speech.Length) _speech = null;
        return true;
    }

    /// <summary>A frame that can be recognised when it comes back; returns its number.</summary>
    internal ushort Probe(Span<short> frame)
    {
        _hum.CopyTo(frame);
        MarkWriter.Fill(frame, MarkWord.Encode(MarkKind.Probe, _mark, ++_probes));
        return _probes;
    }
}
