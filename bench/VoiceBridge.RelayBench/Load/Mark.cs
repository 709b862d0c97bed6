using System.Buffers;
using System.Buffers.Text;
using System.Diagnostics;

namespace VoiceBridge.RelayBench.Load;

/// <summary>
/// What every audio frame carries in its first characters, all of the base64 alphabet, so that a relay that decodes and one that
/// does not both deliver it: <c>VBMK</c>, the call (8 hex digits), the frame's number (8), and three times (16 each): when the caller's
/// frame was due, when it was sent, and when the message that holds this mark was sent.
/// </summary>
internal readonly record struct Mark(uint Call, uint Sequence, long Due, long Sent, long SentHere)
{
    /// <summary>Length in characters.</summary>
    public const int Length = 68;

    private static ReadOnlySpan<byte> Magic => "VBMK"u8;

    /// <summary>Where the mark stands in <paramref name="message"/>, or -1.</summary>
    public static int Find(ReadOnlySpan<byte> message)
    {
        var at = message.IndexOf(Magic);
        return at >= 0 && message.Length - at >= Length ? at : -1;
    }

    public static Mark Read(ReadOnlySpan<byte> mark)
    {
        var ok = Utf8Parser.TryParse(mark.Slice(4, 8), out uint call, out _, 'x');
        ok &= Utf8Parser.TryParse(mark.Slice(12, 8), out uint sequence, out _, 'x');
        ok &= Utf8Parser.TryParse(mark.Slice(20, 16), out long due, out _, 'x');
        ok &= Utf8Parser.TryParse(mark.Slice(36, 16), out long sent, out _, 'x');
        ok &= Utf8Parser.TryParse(mark.Slice(52, 16), out long sentHere, out _, 'x');
        return ok ? new Mark(call, sequence, due, sent, sentHere) : throw new InvalidDataException("A frame's mark is damaged.");
    }

    public void Write(Span<byte> target)
    {
        Magic.CopyTo(target);
        var (eight, sixteen) = (new StandardFormat('x', 8), new StandardFormat('x', 16));
        Utf8Formatter.TryFormat(Call, target[4..], out _, eight);
        Utf8Formatter.TryFormat(Sequence, target[12..], out _, eight);
        Utf8Formatter.TryFormat(Due, target[20..], out _, sixteen);
        Utf8Formatter.TryFormat(Sent, target[36..], out _, sixteen);
        Utf8Formatter.TryFormat(SentHere, target[52..], out _, sixteen);
    }

    public static int Microseconds(long from, long to) => (int)Math.Min(int.MaxValue, (to - from) * 1_000_000 / Stopwatch.Frequency);
}
