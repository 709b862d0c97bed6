namespace VoiceBridge.Simulator.Audio;

/// <summary>ITU-T G.711 mu-law, decoding only: the recordings are kept so to stay small.</summary>
internal static class MuLaw
{
    private static readonly short[] Table = MakeTable();

    internal static short[] Decode(ReadOnlySpan<byte> encoded)
    {
        var samples = new short[encoded.Length];
        for (var i = 0; i < encoded.Length; i++) samples[i] = Table[encoded[i]];
        return samples;
    }

    private static short[] MakeTable()
    {
        var table = new short[256];
        for (var code = 0; code < 256; code++)
        {
            var inverted = ~code & 0xFF;
            var magnitude = (((inverted & 0x0F) << 3) + 0x84) << ((inverted & 0x70) >> 4);
            table[code] = (short)((inverted & 0x80) != 0 ? 0x84 - magnitude : magnitude - 0x84);
        }
        return table;
    }
}
