using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using VoiceBridge.MediaGateway.Calls.Facts;
using VoiceBridge.MediaGateway.Tests.Fakes;
using VoiceBridge.Testing;

namespace VoiceBridge.MediaGateway.Tests.Callers.Twilio;

/// <summary>Calls through Twilio, between a client that speaks as Twilio does and a fake Voice Live.</summary>
public sealed class TwilioCallTests
{
    [Fact]
    public async Task Call_CarriesAudioBothWays_ByteForByte_AndLeavesNothing()
    {
        await using var gateway = await TestGateway.StartAsync(FakeTwilio.Settings);
        await using var twilio = await gateway.CallTwilioAsync();
        var session = await OpenedAsync(gateway);
        var frames = Enumerable.Range(0, 50).Select(FakeTwilio.Frame).ToArray();
        foreach (var frame in frames)
            await twilio.SayAsync(frame);
        await Eventually.True(() => session.Audio.Count == 50, what: "the caller's audio");
        Assert.Equal(frames, session.Audio);

        // Of lengths that are no multiple of anything, as the service sends them.
        var said = new List<byte>();
        foreach (var length in (int[])[160, 800, 1, 2, 777, 1_000])
        {
            var audio = new byte[length];
            new Random(length).NextBytes(audio);
            said.AddRange(audio);
            await session.SpeakAsync("resp_1", "item_1", Convert.ToBase64String(audio));
        }
        await Eventually.True(() => twilio.Heard.Length == said.Count, what: "the agent's audio");
        Assert.Equal(said, twilio.Heard);
        Assert.All(twilio.Events, name => Assert.Equal("media", name));

        await twilio.StopAsync();
        await gateway.NothingIsLeftAsync();
        Assert.Equal(["SessionCreated", "SessionUpdated", "ended caller_hung_up"], Assert.Single(gateway.Agents.Made).Log);
        Assert.Empty(gateway.Asked);
    }

    [Fact]
    public async Task Session_IsOpenedInTheCallsFormat()
    {
        await using var gateway = await TestGateway.StartAsync([("Agents:default:Instructions", "Be brief."), .. FakeTwilio.Settings]);
        await using var twilio = await gateway.CallTwilioAsync();
        var session = await gateway.VoiceLive.SessionAsync();
        var update = JsonDocument.Parse(session.Received.First(json => json.Contains("session.update", StringComparison.Ordinal))).RootElement.GetProperty("session");
        Assert.Equal("g711_ulaw", update.GetProperty("input_audio_format").GetString());
        Assert.Equal(8_000, update.GetProperty("input_audio_sampling_rate").GetInt32());
        Assert.Equal("g711_ulaw", update.GetProperty("output_audio_format").GetString());
    }

    [Fact]
    public async Task BargeIn_ClearsAtOnce_AndNothingOfThatResponseComesAfter()
    {
        await using var gateway = await TestGateway.StartAsync(FakeTwilio.Settings);
        await using var twilio = await gateway.CallTwilioAsync();
        var session = await OpenedAsync(gateway);
        var twoSeconds = Convert.ToBase64String(Enumerable.Repeat((byte)0x21, 16_000).ToArray());
        await session.SendAsync("""{"type":"response.created","response":{"id":"resp_1","status":"in_progress"}}""");
        await session.SpeakAsync("resp_1", "item_1", twoSeconds);
        await session.SpeakAsync("resp_1", "item_1", twoSeconds);
        await session.SpeechStartedAsync();
        await session.SpeakAsync("resp_1", "item_1", twoSeconds);
        await session.SpeakAsync("resp_2", "item_2", FakeTwilio.Frame(7));

        await Eventually.True(() => twilio.Events.Contains("clear") && twilio.Heard.Length > 0, what: "the next response");
        Assert.Equal(FakeTwilio.Frame(7), Convert.ToBase64String(twilio.Heard));
        await Eventually.True(() => gateway.Agents.Made[0].Log.Contains("barge-in item_1"), what: "the agent's knowing");
        Assert.InRange(await TruncationAsync(session), 0, 4_000);
    }

    [Fact]
    public async Task KeysAndUnknownMessages_AreTakenForWhatTheyAre()
    {
        await using var gateway = await TestGateway.StartAsync(FakeTwilio.Settings);
        await using var twilio = await gateway.CallTwilioAsync();
        var session = await OpenedAsync(gateway);
        await twilio.SendAsync("""{"event":"dtmf","streamSid":"MZ","sequenceNumber":"5","dtmf":{"track":"inbound_track","digit":"5"}}""");
        await twilio.SendAsync("""{"event":"something.new","something.new":{"a":[1,2]}}""");
        await twilio.SendAsync("garbage");
        await twilio.SendAsync([1, 2, 3], WebSocketMessageType.Binary);
        await twilio.MarkAsync("somebody else's");
        await twilio.MarkAsync("p999999999");
        await twilio.SendAsync(twilio.Media(FakeTwilio.Frame(1), track: "outbound"));
        await twilio.SendAsync(twilio.Media(FakeTwilio.Frame(2).Replace("/", "\\/", StringComparison.Ordinal)));
        await twilio.SendAsync(twilio.Media(""));
        // In fragments, cut anywhere.
        var message = Encoding.UTF8.GetBytes(twilio.Media(FakeTwilio.Frame(3)));
        await twilio.SendAsync(message[..30], WebSocketMessageType.Text, isWhole: false);
        await twilio.SendAsync(message[30..31], WebSocketMessageType.Text, isWhole: false);
        await twilio.SendAsync(message[31..], WebSocketMessageType.Text);

        await Eventually.True(() => session.Audio.Count == 3, what: "the audio");
        Assert.Equal([FakeTwilio.Frame(2), Convert.ToBase64String(Enumerable.Repeat((byte)0xFF, 160).ToArray()), FakeTwilio.Frame(3)], session.Audio);
        Assert.Contains("dtmf 5", gateway.Agents.Made[0].Log);
        Assert.False(twilio.Over);
    }

    [Theory]
    [InlineData("AgentEnded", "agent_ended")]
    [InlineData("TooLong", "too_long")]
    public async Task AgentThatHangsUp_HasCallControlKnowWhy_AndTheStreamClosedInOrder(string reason, string code)
    {
        await using var gateway = await TestGateway.StartAsync(FakeTwilio.Settings);
        await using var twilio = await gateway.CallTwilioAsync();
        await OpenedAsync(gateway);
        gateway.Agents.Made[0].Controls.End(new CallEnd(Enum.Parse<CallEndReason>(reason)));

        await Eventually.True(() => twilio.Over, what: "the close");
        Assert.Equal(WebSocketCloseStatus.NormalClosure, twilio.CloseStatus);
        var (path, body) = Assert.Single(gateway.Asked);
        Assert.EndsWith("/hangup", path, StringComparison.Ordinal);
        Assert.Equal(code, body.GetProperty("reason").GetString());
        Assert.Equal("correlation-1", body.GetProperty("callConnectionId").GetString());
        await gateway.NothingIsLeftAsync();
    }

    [Fact]
    public async Task CallThatIsHandedOver_IsClosedInOrder_AndNotHungUp()
    {
        await using var gateway = await TestGateway.StartAsync(FakeTwilio.Settings);
        await using var twilio = await gateway.CallTwilioAsync();
        await OpenedAsync(gateway);
        gateway.Connections.Snapshot()[0].Handler!.End(new CallEnd(CallEndReason.Drained));

        await Eventually.True(() => twilio.Over, what: "the close");
        Assert.Equal(WebSocketCloseStatus.NormalClosure, twilio.CloseStatus);
        Assert.Empty(gateway.Asked);
        await gateway.NothingIsLeftAsync();
    }

    [Fact]
    public async Task CallerWhoIsLost_IsNoCallerWhoHungUp()
    {
        await using var gateway = await TestGateway.StartAsync(FakeTwilio.Settings);
        var twilio = await gateway.CallTwilioAsync();
        await OpenedAsync(gateway);
        await twilio.DisposeAsync();
        await gateway.NothingIsLeftAsync();
        Assert.Equal("ended media_lost", gateway.Agents.Made[0].Log[^1]);
    }

    internal static async Task<FakeSession> OpenedAsync(TestGateway gateway)
    {
        var session = await gateway.VoiceLive.SessionAsync();
        await Eventually.True(() => session.Types.Contains("test.opening"), what: "the opening");
        return session;
    }

    /// <summary>How much the service is told was heard, in the latest of <paramref name="count"/> truncations.</summary>
    internal static async Task<int> TruncationAsync(FakeSession session, int count = 1)
    {
        IReadOnlyList<string> All() => [.. session.Received.Where(json => json.Contains("conversation.item.truncate", StringComparison.Ordinal))];
        await Eventually.True(() => All().Count == count, what: "the truncation");
        return JsonDocument.Parse(All()[^1]).RootElement.GetProperty("audio_end_ms").GetInt32();
    }
}
