using System.Text;
using System.Text.Json;
using VoiceBridge.MediaGateway.Audio;
using VoiceBridge.MediaGateway.Calls.Facts;
using VoiceBridge.MediaGateway.Sockets;
using VoiceBridge.MediaGateway.Tests.Fakes;

namespace VoiceBridge.MediaGateway.Tests.Audio;

/// <summary>The caller's audio and the sessions that it goes to: each frame since the last commit reaches the next session, once and in order.</summary>
public sealed class UplinkTests
{
    private readonly Uplink _uplink = new(AudioFormat.Pcm24k, TimeSpan.FromSeconds(3));
    private int _said;

    [Fact]
    public void FirstSession_HearsWhatWasSaidBeforeIt()
    {
        Say(100);
        var session = Attach();
        Say(10);

        Assert.Equal(Enumerable.Range(0, 110), Heard(session));
    }

    [Fact]
    public void WithoutASession_TheLatestSecondsAreKept_AndTheRestIsCounted()
    {
        Say(200);

        Assert.Equal(Enumerable.Range(50, 150), Heard(Attach()));
        Assert.Equal(50, _uplink.Dropped);
    }

    [Fact]
    public void SentenceThatBeganInALostSession_IsHeardByTheNextFromItsBeginning()
    {
        var first = Attach();
        Say(100);
        _uplink.Begins(0);
        Say(200);
        _uplink.Detach();
        Say(50);
        var second = Attach();
        Say(5);

        Assert.Equal(Enumerable.Range(0, 300), Heard(first));
        Assert.Equal(Enumerable.Range(75, 280), Heard(second));
        Assert.Equal(0, _uplink.Dropped);
    }

    [Fact]
    public void CallerWhoDoesNotSpeak_IsHeardAgainForHalfASecond()
    {
        Attach();
        Say(100);

        Assert.Equal(Enumerable.Range(75, 25), Heard(Attach()));
    }

    [Theory]
    [InlineData(1_500, 85)]
    [InlineData(300, 25)]
    [InlineData(9_000, 150)]
    public void WhereSpeechIsNoticedLate_AsMuchIsKeptOfACallerWhoDoesNotSpeak(int lateMs, int frames)
    {
        Attach();
        Say(500);
        _uplink.Begins(10_000 - lateMs);
        _uplink.Committed();
        Say(200);

        Assert.Equal(Enumerable.Range(700 - frames, frames), Heard(Attach()));
    }

    [Fact]
    public void HowLateSpeechIsNoticed_IsCountedFromTheBeginningOfItsSession()
    {
        Attach();
        Say(500);
        // It is given the last 25 again.
        Attach();
        Say(75);
        _uplink.Begins(1_000);
        _uplink.Committed();
        Say(200);

        Assert.Equal(Enumerable.Range(715, 60), Heard(Attach()));
    }

    [Fact]
    public void CommittedSpeech_IsNotRepeated()
    {
        Attach();
        _uplink.Begins(0);
        Say(300);
        _uplink.Committed();
        Say(100);

        Assert.Equal(Enumerable.Range(375, 25), Heard(Attach()));
    }

    [Fact]
    public void NoiseThatIsNotCommitted_IsForgottenAfterAWhile()
    {
        Attach();
        _uplink.Begins(0);
        Say(50);
        _uplink.Stops();
        Say(90);
        Assert.Equal(Enumerable.Range(0, 140), Heard(Attach()));

        Say(60);
        Assert.Equal(Enumerable.Range(175, 25), Heard(Attach()));
    }

    [Fact]
    public void LongestSentence_IsBounded()
    {
        Attach();
        _uplink.Begins(0);
        Say(2_000);

        Assert.Equal(Enumerable.Range(1_250, 750), Heard(Attach()));
    }

    [Fact]
    public void Frames_AllocateNothing()
    {
        Attach();
        var frame = Frame(1);
        for (var i = 0; i < 2_000; i++)
            _uplink.Audio(frame);
        var least = long.MaxValue;
        for (var round = 0; round < 3; round++)
        {
            _uplink.Detach();
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < 2_000; i++)
                _uplink.Audio(frame);
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        Assert.Equal(0, least);
    }

    private static byte[] Frame(int number)
    {
        var bytes = new byte[960];
        BitConverter.TryWriteBytes(bytes, number);
        return Encoding.UTF8.GetBytes(Convert.ToBase64String(bytes));
    }

    private static IEnumerable<int> Heard(StallingSocket socket) => socket.Sent
        .Select(json => BitConverter.ToInt32(Convert.FromBase64String(JsonDocument.Parse(json).RootElement.GetProperty("audio").GetString()!)));

    private void Say(int frames)
    {
        for (var i = 0; i < frames; i++)
            _uplink.Audio(Frame(_said++));
    }

    private StallingSocket Attach()
    {
        var socket = new StallingSocket();
        _uplink.Attach(new SocketWriter(socket, AudioLane.Complete(TimeSpan.Zero), TimeSpan.FromSeconds(30), TimeProvider.System, _ => { }));
        return socket;
    }
}
