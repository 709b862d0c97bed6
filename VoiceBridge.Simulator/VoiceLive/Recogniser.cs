using VoiceBridge.Simulator.Marks;

namespace VoiceBridge.Simulator.VoiceLive;

/// <summary>Knows what was said because the audio says so in its lowest bits; of other audio it knows only that it is speech.</summary>
internal sealed class Recogniser : MarkReader.ISink
{
    internal const string Unrecognised = "(unrecognised speech)";
    private readonly MarkReader _reader = new();
    private readonly TextCollector _text = new();
    private int _utterance;

    /// <summary>The mark of the caller that is heard; 0 = none yet.</summary>
    internal ushort Mark { get; private set; }

    /// <summary>What was said since the last <see cref="Take"/>.</summary>
    internal string Take()
    {
        var text = _text.Text ?? Unrecognised;
        _text.Reset();
        return text;
    }

    internal void Hear(ReadOnlySpan<short> samples) => _reader.Read(samples, this);

    void MarkReader.ISink.OnMark(MarkKind kind, uint payload)
    {
        if (kind == MarkKind.Text)
        {
            _text.Add(payload);
            return;
        }
        if (kind is not (MarkKind.Caller or MarkKind.Probe)) return;
        Mark = (ushort)(payload >> 16);
        var utterance = (ushort)payload;
        if (kind != MarkKind.Caller || utterance == 0 || utterance == _utterance) return;
        _utterance = utterance;
        _text.Reset();
    }
}
