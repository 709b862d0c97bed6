namespace VoiceBridge.Simulator.Audio;

/// <summary>
/// ITU-T G.711 mu-law. The recordings are kept so to stay small, and some phone networks speak it. What decoding yields is a multiple of four, so that the lowest bit of
/// a sample is free: <see cref="DecodeMarked"/> and <see cref="EncodeMarked"/> carry the lowest bit of the code there, where marks are (<see cref="Marks.MarkWord"/>).
/// </summary>
internal static class MuLaw
{
    /// <summary>Samples a second wherever it is spoken.</summary>
    internal const int Rate = 8_000;

    private const int Bias = 0x84;
    private const int Clip = 32_635;
    private static readonly short[] Table = MakeTable();

    internal static short[] Decode(ReadOnlySpan<byte> encoded)
    {
        var samples = new short[encoded.Length];
        for (var i = 0; i < encoded.Length; i++) samples[i] = Table[encoded[i]];
        return samples;
    }

    /// <summary>The samples, with the lowest bit of each code as their own.</summary>
    internal static void DecodeMarked(ReadOnlySpan<byte> encoded, Span<short> samples)
    {
        for (var i = 0; i < encoded.Length; i++) samples[i] = (short)(Table[encoded[i]] + (encoded[i] & 1));
    }

    /// <summary>The codes, with the lowest bit of each sample as their own.</summary>
    internal static void EncodeMarked(ReadOnlySpan<short> samples, Span<byte> encoded)
    {
        for (var i = 0; i < samples.Length; i++) encoded[i] = (byte)((Encode(samples[i]) & ~1) | (samples[i] & 1));
    }

    internal static byte Encode(short sample)
    {
        var sign = sample < 0 ? 0x80 : 0;
        var magnitude = Math.Min(Math.Abs((int)sample), Clip) + Bias;
        var exponent = 7 - int.Min(7, System.Numerics.BitOperations.LeadingZeroCount((uint)magnitude) - 17);
        var mantissa = magnitude >> (exponent + 3) & 0x0F;
        return (byte)~(sign | exponent << 4 | mantissa);
    }

    private static short[] MakeTable()
    {
        var table = new short[256];
        for (var code = 0; code < 256; code++)
        {
            var inverted = ~code & 0xFF;
            var magnitude = (((inverted & 0x0F) << 3) + Bias) << ((inverted & 0x70) >> 4);
            table[code] = (short)((inverted & 0x80) != 0 ? Bias - magnitude : magnitude - Bias);
        }
        return table;
    }
}
