using System.Text;
using Microsoft.Extensions.Time.Testing;
using VoiceBridge.MediaGateway.Audio;
using VoiceBridge.MediaGateway.Configuration;
using VoiceBridge.MediaGateway.Engines.VoiceLive;
using VoiceBridge.MediaGateway.Sockets;
using VoiceBridge.MediaGateway.Tests.Fakes;

namespace VoiceBridge.MediaGateway.Tests.Audio;

/// <summary>What is played, what stops it, and what counts as heard.</summary>
public sealed class CallAudioTests : IDisposable
{
    private static readonly string Second = Convert.ToBase64String(new byte[48_000]);

    private readonly FakeTimeProvider _time = new();
    private readonly FakeLeg _leg = new();
    private readonly Signals _signals = new();
    private readonly VoiceLiveSession _session;
    private readonly CallAudio _audio;

    public CallAudioTests()
    {
        _audio = new CallAudio(_leg, _signals, TimeSpan.FromSeconds(3), 3, _time) { Interruptible = true };
        var socket = new MediaSocket(Stream.Null, isServer: false, waitsEmpty: false, FrameLimits.None, TimeSpan.FromSeconds(15), _time);
        _session = new VoiceLiveSession(new VoiceLiveConnection(socket, "fake", new SessionTarget("gpt-realtime"), null), new MediaOptions(), _time);
        _audio.Use(_session);
    }

    public void Dispose()
    {
        _audio.Clear();
        _session.Dispose();
    }

    [Fact]
    public void WhatIsCutOff_IsNotHeard_UntilTheLoopKnowsOfTheCut()
    {
        Speak("r1");
        Assert.Equal(TimeSpan.FromSeconds(1), _audio.Remaining);

        Receive("""{"type":"input_audio_buffer.speech_started","item_id":"u"}""");
        Assert.Equal(["barge-in i_r1", "event"], _signals.Log[1..]);
        Assert.True(_audio.Remaining > TimeSpan.Zero);

        _audio.AcknowledgeCut();
        Assert.Equal(TimeSpan.Zero, _audio.Remaining);
    }

    [Fact]
    public void Key_IsKnown_BeforeWhatItCutsOff()
    {
        Speak("r1");
        _audio.OnDtmf("1");

        Assert.Equal(["key 1", "barge-in i_r1"], _signals.Log[1..]);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void SoundForACallerWhoWaits_StopsWhenTheySpeak_AndIsNoInterruption(bool interruptible)
    {
        _audio.Interruptible = interruptible;
        _audio.Play(Recording.Find(RecordingKind.Working, ["fr-FR"]));
        Assert.True(_audio.Remaining > TimeSpan.Zero);

        Receive("""{"type":"input_audio_buffer.speech_started","item_id":"u"}""");

        Assert.Equal(1, _leg.Stops);
        Assert.Equal(TimeSpan.Zero, _audio.Remaining);
        Assert.Equal(["event"], _signals.Log);
    }

    [Fact]
    public void SoundForACallerWhoWaits_StopsWhenTheAgentSpeaks()
    {
        _audio.Play(Recording.Find(RecordingKind.Working, []));
        Speak("r1");

        Assert.Equal(1, _leg.Stops);
        Assert.Equal(TimeSpan.FromSeconds(1), _audio.Remaining);
    }

    [Fact]
    public void Apology_IsHeardOut()
    {
        _audio.Interruptible = false;
        _audio.Play(Recording.Find(RecordingKind.Apology, []));

        Receive("""{"type":"input_audio_buffer.speech_started","item_id":"u"}""");

        Assert.Equal(0, _leg.Stops);
    }

    [Fact]
    public void AudioThatComesFasterThanAnybodySpeaks_IsAFlood_AndALineThatCatchesUpIsNot()
    {
        var second = Encoding.UTF8.GetBytes(Second);
        for (var i = 0; i < 14; i++)
            _audio.OnAudio(second);
        _time.Advance(TimeSpan.FromSeconds(14));
        for (var i = 0; i < 14; i++)
            _audio.OnAudio(second);
        Assert.Empty(_signals.Log);

        for (var i = 0; i < 16; i++)
            _audio.OnPcm(new byte[48_000]);
        Assert.Equal(["flood"], _signals.Log);
    }

    private void Speak(string response) => Receive(
        $$"""{"type":"response.audio.delta","response_id":"{{response}}","item_id":"i_{{response}}","output_index":0,"content_index":0,"delta":"{{Second}}"}""");

    private void Receive(string json) => _audio.OnServerMessage(_session, Encoding.UTF8.GetBytes(json));

    private sealed class Signals : IAudioSignals
    {
        public List<string> Log { get; } = [];

        public void OnServerEvent(VoiceLiveSession session, byte[] rented, int length, bool canWait) => Log.Add("event");

        public void OnResponseAudio(VoiceLiveSession session, string responseId, TimeSpan? answered) => Log.Add($"audio {responseId}");

        public void OnBargeIn(IReadOnlyList<HeardItem> cut, bool cancel) => Log.Add($"barge-in {string.Join(' ', cut.Select(item => item.ItemId))}");

        public void OnDtmf(string tone) => Log.Add($"key {tone}");

        public void OnHangup() => Log.Add("hang-up");

        public void OnAudioFlood() => Log.Add("flood");

        public void OnWrongFormat(string format) => Log.Add($"format {format}");
    }
}
