using System.Buffers.Text;
using System.Diagnostics;

namespace VoiceBridge.RelayBench.Load;

/// <summary>
/// What every audio frame carries in its first characters, all of the base64 alphabet, so that a relay that decodes and one that
/// does not both deliver it: <c>VBMK</c>, the call (8 hex digits), the frame's number (8), the time it was sent (16).
/// </summary>
internal readonly record struct Mark(uint Call, uint Sequence, long SentAt)
{
    /// <summary>Length in characters.</summary>
    public const int Length = 36;

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
        ok &= Utf8Parser.TryParse(mark.Slice(20, 16), out long sentAt, out _, 'x');
        return ok ? new Mark(call, sequence, sentAt) : throw new InvalidDataException("A frame's mark is damaged.");
    }

    public void Write(Span<byte> target)
    {
        Magic.CopyTo(target);
        Utf8Formatter.TryFormat(Call, target[4..], out _, new System.Buffers.StandardFormat('x', 8));
        Utf8Formatter.TryFormat(Sequence, target[12..], out _, new System.Buffers.StandardFormat('x', 8));
        Utf8Formatter.TryFormat(SentAt, target[20..], out _, new System.Buffers.StandardFormat('x', 16));
    }

    /// <summary>Microseconds since the frame was sent.</summary>
    public int Age() => (int)Math.Min(int.MaxValue, (Stopwatch.GetTimestamp() - SentAt) * 1_000_000 / Stopwatch.Frequency);
}
