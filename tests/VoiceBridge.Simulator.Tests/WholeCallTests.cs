using VoiceBridge.Simulator.Tests.Bridge;

namespace VoiceBridge.Simulator.Tests;

public sealed class WholeCallTests
{
    [Fact]
    public async Task Call_IsAnsweredGreetedUnderstoodAndEnded()
    {
        await using var bridge = await TinyBridge.StartAsync(new SimulatorOptions());
        await bridge.Azure.SubscribeAsync(TestContext.Current.CancellationToken);
        var wav = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.wav");
        var call = bridge.Azure.PlaceCall(new CallPlan
        {
            Script = CallerScript.Start.WaitForAgent().Say("Hi, where is my order?").WaitForAgent().HangUp(),
            RecordTo = wav,
        });
        await Soon.Is(call.WhenEnded);

        Assert.Equal("caller hung up", call.EndReason);
        Assert.Equal(["Thank you for calling.", "Your order is on its way and should arrive tomorrow."], call.Heard.Select(h => h.Text));
        var session = Assert.Single(bridge.Azure.Sessions);
        Assert.Contains(session.Items, i => i is { Role: "user", Text: "Hi, where is my order?" });
        Assert.Equal(call.Mark, session.Mark);
        var stats = call.Stats;
        Assert.Equal(0, stats.FramesForeign);
        Assert.True(stats.FramesOwn > 50);
        Assert.Equal(0, stats.InvalidMessages);
        Assert.True(new FileInfo(wav).Length > 96_000);
        File.Delete(wav);
        await Soon.Is(() => bridge.Callbacks.Any(c => c.Type == "Microsoft.Communication.CallDisconnected"), "CallDisconnected");
        Assert.Equal(
            ["CallConnected", "ParticipantsUpdated", "MediaStreamingStarted", "CallDisconnected"],
            bridge.Callbacks.Select(c => c.Type.Replace("Microsoft.Communication.", "", StringComparison.Ordinal)));
    }
}
