using VoiceBridge.MediaGateway.Sockets;

namespace VoiceBridge.MediaGateway.Calls.Facts;

/// <summary>The audio of a caller's leg, mono. The session is opened with the same one, so that audio passes as the base64 text that it came in.</summary>
/// <param name="Name">Voice Live's name of it (<c>input_audio_format</c>, <c>output_audio_format</c>).</param>
/// <param name="SampleRate">Hertz.</param>
/// <param name="BytesPerMs">Bytes of a millisecond.</param>
/// <param name="Silence">The byte that silence is made of.</param>
internal sealed record AudioFormat(string Name, int SampleRate, int BytesPerMs, byte Silence)
{
    private const int FrameMs = 20;

    /// <summary>PCM, 16 bit, 24 kHz.</summary>
    public static AudioFormat Pcm24k { get; } = new("pcm16", 24_000, 48, 0x00);

    /// <summary>ITU-T G.711, µ-law, 8 kHz.</summary>
    public static AudioFormat MuLaw8k { get; } = new("g711_ulaw", 8_000, 8, 0xFF);

    /// <summary>Bytes of 20 ms.</summary>
    public int FrameBytes => FrameMs * BytesPerMs;

    /// <summary>20 ms of silence, as base64.</summary>
    public ReadOnlyMemory<byte> SilentFrame { get; } = Encode(Silence, FrameMs * BytesPerMs);

    /// <summary>The length of base64 text of <paramref name="milliseconds"/>; they must come to a multiple of three bytes, so that the text can be cut there.</summary>
    public int TextLength(int milliseconds) => milliseconds * BytesPerMs / 3 * 4;

    public override string ToString() => $"{Name} at {SampleRate} Hz";

    private static byte[] Encode(byte value, int count) => Base64Text.Encode(Enumerable.Repeat(value, count).ToArray());
}
