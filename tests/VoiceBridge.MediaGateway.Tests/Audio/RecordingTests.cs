using System.Text;
using VoiceBridge.MediaGateway.Audio;
using VoiceBridge.MediaGateway.Calls.Facts;

namespace VoiceBridge.MediaGateway.Tests.Audio;

public sealed class RecordingTests
{
    [Fact]
    public void Recording_IsInTheFormatOfTheLeg()
    {
        var assembly = typeof(Recording).Assembly;
        using var stream = assembly.GetManifestResourceStream(assembly.GetManifestResourceNames().Single(
            name => name.EndsWith("hold.en.ulaw", StringComparison.OrdinalIgnoreCase)))!;
        var stored = new byte[stream.Length];
        stream.ReadExactly(stored);

        Assert.Equal(stored, Decode(Recording.Find(RecordingKind.Hold, ["en-US"]).In(AudioFormat.MuLaw8k)));
        Assert.Equal(stored.Length * 6, Decode(Recording.Find(RecordingKind.Hold, ["en-US"]).In(AudioFormat.Pcm24k)).Length);
    }

    [Fact]
    public void SilentFrame_IsTwentyMillisecondsOfSilence()
    {
        Assert.Equal(new byte[960], Convert.FromBase64String(Encoding.ASCII.GetString(AudioFormat.Pcm24k.SilentFrame.Span)));
        Assert.Equal(Enumerable.Repeat((byte)0xFF, 160), Convert.FromBase64String(Encoding.ASCII.GetString(AudioFormat.MuLaw8k.SilentFrame.Span)));
        Assert.Equal(160, AudioFormat.MuLaw8k.FrameBytes);
    }

    private static byte[] Decode(ReadOnlyMemory<byte> base64) => Convert.FromBase64String(Encoding.ASCII.GetString(base64.Span));
}
