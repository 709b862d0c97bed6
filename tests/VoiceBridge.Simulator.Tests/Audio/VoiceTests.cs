using VoiceBridge.Simulator.Audio;

namespace VoiceBridge.Simulator.Tests.Audio;

public sealed class VoiceTests
{
    public static TheoryData<string> Recorded => [.. Voice.Caller.Sentences, .. Voice.Agent.Sentences];

    [Theory]
    [MemberData(nameof(Recorded))]
    public void RecordedSentence_IsAudible(string sentence)
    {
        var voice = Voice.Caller.Sentences.Contains(sentence) ? Voice.Caller : Voice.Agent;
        var audio = voice.Speak(sentence);
        Assert.InRange(audio.Length / 24_000.0, 0.25, 20);
        Assert.True(Pcm.Rms(audio) > 1_000);
    }

    [Fact]
    public void OtherText_IsAudibleAndAsLongAsItNeedsToBe()
    {
        var brief = Voice.Agent.Speak("Your table is ready.");
        var wordy = Voice.Agent.Speak("Your table for seven people beside the window is ready now, and the kitchen has begun.");
        Assert.True(Pcm.Rms(brief) > 1_000, $"{Pcm.Rms(brief)}");
        Assert.InRange(brief.Length / 24_000.0, 0.8, 3);
        Assert.True(wordy.Length > 3 * brief.Length);
    }

    [Fact]
    public void Sentences_ArePutTogether()
    {
        var both = Voice.Agent.Speak("You are welcome. Thank you for calling.");
        Assert.True(both.Length > Voice.Agent.Speak("You are welcome.").Length + Voice.Agent.Speak("Thank you for calling.").Length);
    }

    [Fact]
    public void FileThatIsNoWav_IsRefusedInWords()
    {
        var refused = Assert.Throws<InvalidDataException>(() => Wav.Read("RIFFxxxxAIFF"u8));
        Assert.Equal("This is not a WAV file.", refused.Message);
    }
}
