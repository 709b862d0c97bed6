namespace VoiceBridge.Simulator.Marks;

/// <summary>
/// One word of the line code in the lowest bit of each sample, first bit first:
/// <code>
/// | sync 20 | kind 4 | payload 32 | check 8 |   64 samples, 2.7 ms at 24 kHz
/// </code>
/// Nobody hears the lowest bit, and nobody between a caller and Voice Live decodes audio, so that it arrives as it was sent.
/// That is how both ends know, over the wire alone, whose audio they got and what was said in it.
/// </summary>
internal static class MarkWord
{
    internal const int Bits = 64;
    private const ulong Sync = 0xB3A5C;

    internal static ulong Encode(MarkKind kind, uint payload)
    {
        var body = Sync << 44 | (ulong)kind << 40 | (ulong)payload << 8;
        return body | Check(body);
    }

    internal static ulong Encode(MarkKind kind, ushort mark, ushort number) => Encode(kind, (uint)mark << 16 | number);

    internal static bool TryDecode(ulong word, out MarkKind kind, out uint payload)
    {
        kind = (MarkKind)(word >> 40 & 0xF);
        payload = (uint)(word >> 8);
        return word >> 44 == Sync && (byte)word == Check(word & ~0xFFul);
    }

    private static byte Check(ulong body)
    {
        // A multiplicative hash spreads every bit of the body over the byte.
        var mixed = (body ^ body >> 29) * 0x9E3779B97F4A7C15;
        return (byte)(mixed >> 56);
    }
}
