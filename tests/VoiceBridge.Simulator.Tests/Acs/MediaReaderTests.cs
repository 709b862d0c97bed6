using System.Text;
using VoiceBridge.Simulator.Acs.Media;

namespace VoiceBridge.Simulator.Tests.Acs;

public sealed class MediaReaderTests
{
    [Theory]
    [InlineData("""{"Kind":"AudioData","AudioData":{"Data":"AQID+g==","Timestamp":"0001-01-01T00:00:00+00:00","Participant":null,"IsSilent":false},"StopAudio":null}""")]
    [InlineData("""{"kind":"audioData","audioData":{"data":"AQID+g==","isSilent":false},"stopAudio":{}}""")]
    [InlineData("""{"Kind":"AudioData","AudioData":{"Data":"AQID+g=="},"StopAudio":null}""")]
    [InlineData("""{"AudioData":{"data":"AQID\u002Bg=="},"more":[{"kind":"StopAudio"}],"KIND":"audiodata"}""")]
    public void Audio_IsReadInEveryShapeThatClientsSend(string message)
    {
        Assert.Equal(MediaReader.Kind.Audio, Read(message, out var audio));
        Assert.Equal([1, 2, 3, 0xFA], audio);
    }

    [Theory]
    [InlineData("""{"Kind":"StopAudio","AudioData":null,"StopAudio":{}}""")]
    [InlineData("""{"kind":"stopAudio","stopAudio":{}}""")]
    public void Stop_IsReadInEveryShapeThatClientsSend(string message) => Assert.Equal(MediaReader.Kind.Stop, Read(message, out _));

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{")]
    [InlineData("""{"kind":7}""")]
    [InlineData("""{"kind":"AudioData","audioData":{"data":"@@"}}""")]
    [InlineData("""{"kind":"AudioData","audioData":{"data":"AQID"}}""")]
    public void Garbage_IsInvalid(string message) => Assert.Equal(MediaReader.Kind.Invalid, Read(message, out _));

    [Fact]
    public void UnknownKind_IsUnknown() => Assert.Equal(MediaReader.Kind.Unknown, Read("""{"kind":"MarkData","markData":{}}""", out _));

    private static MediaReader.Kind Read(string message, out byte[] audio)
    {
        var bytes = Encoding.UTF8.GetBytes(message);
        var into = new byte[bytes.Length];
        var kind = MediaReader.Read(bytes, into, out var count);
        audio = into[..count];
        return kind;
    }
}
