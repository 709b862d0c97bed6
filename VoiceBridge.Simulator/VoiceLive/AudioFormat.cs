using VoiceBridge.Simulator.Audio;

namespace VoiceBridge.Simulator.VoiceLive;

/// <summary>One of the formats that audio has in a session: <c>pcm16</c> or <c>g711_ulaw</c>. Within the simulator it is samples.</summary>
internal sealed record AudioFormat(string Name, int Rate, int BytesPerSample)
{
    internal static AudioFormat Pcm16 { get; } = new("pcm16", Pcm.Rate, 2);

    internal static AudioFormat MuLaw { get; } = new("g711_ulaw", Audio.MuLaw.Rate, 1);

    internal static AudioFormat? Named(string? name) => name == Pcm16.Name ? Pcm16 : name == MuLaw.Name ? MuLaw : null;

    internal double Milliseconds(long bytes) => Pcm.Milliseconds(bytes / BytesPerSample, Rate);

    /// <summary>The samples of what was received. An odd last byte is nobody's sample.</summary>
    internal ReadOnlyMemory<short> Decode(ReadOnlySpan<byte> audio)
    {
        var samples = new short[audio.Length / BytesPerSample];
        if (BytesPerSample == 1) Audio.MuLaw.DecodeMarked(audio, samples);
        else Pcm.Samples(audio[..(samples.Length * 2)]).CopyTo(samples);
        return samples;
    }

    /// <summary>What is sent for samples of this rate.</summary>
    internal byte[] Encode(ReadOnlySpan<short> samples)
    {
        if (BytesPerSample == 2) return Pcm.Bytes(samples).ToArray();
        var encoded = new byte[samples.Length];
        Audio.MuLaw.EncodeMarked(samples, encoded);
        return encoded;
    }
}
