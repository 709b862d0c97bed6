using System.Text;
using VoiceBridge.MediaGateway.Audio;
using VoiceBridge.MediaGateway.Callers.Acs;
using VoiceBridge.MediaGateway.Calls.Facts;
using VoiceBridge.MediaGateway.Engines.VoiceLive.Protocol;
using VoiceBridge.MediaGateway.Sockets;

namespace VoiceBridge.MediaGateway.Tests.Audio;

public sealed class HotPathTests
{
    private const int Frames = 10_000;
    private static readonly string Frame = Convert.ToBase64String(Enumerable.Range(0, 960).Select(i => (byte)(i * 7)).ToArray());

    [Theory]
    [InlineData("""{"kind":"AudioData","audioData":{"data":"$","timestamp":"2026-10-04T10:13:14.867Z","participantRawID":null,"silent":false}}""")]
    [InlineData("""{"kind":"AudioData","audioData":{"timestamp":"2026-10-04T10:13:14.867Z","participantRawID":"4:+1425","data":"$","silent":false}}""")]
    [InlineData("""{"Kind":"AudioData","AudioData":{"Silent":false,"Data":"$"}}""")]
    public void CallersFrame_AllocatesNothing(string template)
    {
        var message = Encoding.UTF8.GetBytes(template.Replace("$", Frame, StringComparison.Ordinal));
        var scratch = new UnescapeBuffer();
        Assert.Equal(0, Allocated(() =>
        {
            var frame = AcsFrameReader.Read(message, scratch);
            Uplink.Splice(frame.Data, 20).Release();
            scratch.Reset();
        }));
    }

    [Fact]
    public void EscapedFrame_AllocatesNothing()
    {
        var escaped = Frame.Replace("+", "\\u002B", StringComparison.Ordinal);
        CallersFrame_AllocatesNothing($$$"""{"kind":"AudioData","audioData":{"data":"{{{escaped}}}","silent":false}}""");
    }

    [Theory]
    [InlineData("+")]
    [InlineData("\\u002B")]
    public void AgentsDelta_AllocatesNothing(string plus)
    {
        var message = Encoding.UTF8.GetBytes(
            $$"""{"type":"response.audio.delta","event_id":"event_11","response_id":"resp_1","item_id":"item_A1","output_index":0,"content_index":0,"delta":"{{Frame.Replace("+", plus, StringComparison.Ordinal)}}"}""");
        var scratch = new UnescapeBuffer();
        var clock = new PlayoutClock(AudioFormat.Pcm24k, TimeProvider.System);
        Assert.Equal(0, Allocated(() =>
        {
            var delta = default(AudioDelta);
            if (ServerMessageReader.Read(message, scratch, ref delta) != ServerMessageKind.AudioDelta)
                throw new InvalidOperationException();
            var bytes = Base64Text.DecodedBytes(delta.Audio);
            clock.Sent(delta.ItemId, delta.ContentIndex, bytes);
            AcsLeg.Splice(delta.Audio, bytes / AudioFormat.Pcm24k.BytesPerMs).Release();
            scratch.Reset();
        }));
    }

    [Fact]
    public void Envelopes_AreWhatTheServicesExpect()
    {
        var up = Uplink.Splice("QUJD"u8, 20);
        Assert.Equal("""{"type":"input_audio_buffer.append","audio":"QUJD"}""", Encoding.UTF8.GetString(up.Bytes.Span));
        var down = AcsLeg.Splice("QUJD"u8, 20);
        Assert.Equal("""{"Kind":"AudioData","AudioData":{"Data":"QUJD"},"StopAudio":null}""", Encoding.UTF8.GetString(down.Bytes.Span));
        up.Release();
        down.Release();
    }

    private static long Allocated(Action transform)
    {
        for (var i = 0; i < 1_000; i++)
            transform();
        // The best of a few rounds: the shared pool gives its buffers back to a collector that is short of memory, and makes a new one then.
        var least = long.MaxValue;
        for (var round = 0; round < 3; round++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < Frames; i++)
                transform();
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }
        return least;
    }
}
