using System.Buffers.Binary;

namespace VoiceBridge.Simulator.Audio;

/// <summary>Reads RIFF WAVE files: PCM16 or mu-law, any rate; of several channels the first is taken.</summary>
internal static class Wav
{
    private const int PcmTag = 1;
    private const int MuLawTag = 7;

    /// <summary>The file's samples at 24 kHz.</summary>
    /// <exception cref="InvalidDataException">It is not a WAV file, or one in another encoding.</exception>
    internal static short[] Read(ReadOnlySpan<byte> file)
    {
        if (file.Length < 12 || !file[..4].SequenceEqual("RIFF"u8) || !file[8..12].SequenceEqual("WAVE"u8))
            throw new InvalidDataException("This is not a WAV file.");
        int tag = 0, channels = 1, rate = 0, bits = 0;
        for (var at = 12; at + 8 <= file.Length;)
        {
            var name = file.Slice(at, 4);
            var length = Math.Min(BinaryPrimitives.ReadInt32LittleEndian(file[(at + 4)..]), file.Length - at - 8);
            if (length < 0) break;
            var body = file.Slice(at + 8, length);
            if (name.SequenceEqual("fmt "u8) && length >= 16)
            {
                tag = BinaryPrimitives.ReadInt16LittleEndian(body);
                channels = Math.Max((int)BinaryPrimitives.ReadInt16LittleEndian(body[2..]), 1);
                rate = BinaryPrimitives.ReadInt32LittleEndian(body[4..]);
                bits = BinaryPrimitives.ReadInt16LittleEndian(body[14..]);
            }
            else if (name.SequenceEqual("data"u8))
            {
                return AtOurRate(Decode(body, tag, bits, channels), rate);
            }
            at += 8 + length + (length & 1);
        }
        throw new InvalidDataException("The WAV file has no audio.");
    }

    private static short[] Decode(ReadOnlySpan<byte> body, int tag, int bits, int channels)
    {
        var all = (tag, bits) switch
        {
            (PcmTag, 16) => Pcm.Samples(body[..(body.Length & ~1)]).ToArray(),
            (MuLawTag, 8) => MuLaw.Decode(body),
            _ => throw new InvalidDataException($"WAV encoding {tag} with {bits} bits is not supported: use 16 bit PCM or mu-law."),
        };
        if (channels == 1) return all;
        var first = new short[all.Length / channels];
        for (var i = 0; i < first.Length; i++) first[i] = all[i * channels];
        return first;
    }

    private static short[] AtOurRate(short[] samples, int rate) =>
        rate == Pcm.Rate / 2 ? Pcm.Double(samples) : Pcm.Resample(samples, rate, Pcm.Rate);
}
