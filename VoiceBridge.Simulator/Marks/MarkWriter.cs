using System.Text;

namespace VoiceBridge.Simulator.Marks;

/// <summary>Writes a mark, and between its repetitions the text that is said, into the low bits of one utterance.</summary>
internal sealed class MarkWriter
{
    private const int MaxTextBytes = 510;
    private readonly byte[] _text;
    private ulong _mark;
    private ulong _word;
    private int _left;
    private bool _begun;
    private bool _textNext;
    private int _pair;

    internal MarkWriter(ulong mark, string? text = null)
    {
        _mark = mark;
        var bytes = Encoding.UTF8.GetBytes(text ?? "");
        if (bytes.Length > MaxTextBytes) Array.Resize(ref bytes, MaxTextBytes);
        // Padded with a space to whole pairs; readers trim.
        _text = bytes.Length % 2 == 0 ? bytes : [.. bytes, (byte)' '];
    }

    /// <summary>From the next word on.</summary>
    internal void Use(ulong mark) => _mark = mark;

    internal void Write(Span<short> samples)
    {
        for (var i = 0; i < samples.Length; i++)
        {
            if (_left == 0) Next();
            _left--;
            samples[i] = (short)(samples[i] & ~1 | (int)(_word >> _left & 1));
        }
    }

    /// <summary>A frame that carries only the mark, complete in itself: for silence, made once and sent again and again.</summary>
    internal static void Fill(Span<short> frame, ulong mark) => new MarkWriter(mark).Write(frame);

    private void Next()
    {
        _left = MarkWord.Bits;
        if (_textNext && _text.Length > 0)
        {
            var pairs = _text.Length / 2;
            _word = MarkWord.Encode(MarkKind.Text, (uint)(_pair << 24 | pairs << 16 | _text[2 * _pair] << 8 | _text[2 * _pair + 1]));
            _pair = (_pair + 1) % pairs;
        }
        else
        {
            _word = _mark;
        }
        // The mark twice at first: readers pass over the first word, and a text must not come before whose it is.
        _textNext = _begun && !_textNext;
        _begun = true;
    }
}
