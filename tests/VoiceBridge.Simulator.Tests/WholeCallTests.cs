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

    [Fact]
    public async Task Caller_InterruptsTheAgent()
    {
        await using var bridge = await TinyBridge.StartAsync(new SimulatorOptions());
        var call = bridge.Azure.PlaceCall(new CallPlan
        {
            Script = CallerScript.Start
                .WaitForAgent().Say("Tell me a long story, please.")
                .Interrupt(TimeSpan.FromSeconds(1), "No, wait, that is not what I meant.")
                .WaitForAgent().HangUp(),
        });
        await Soon.Is(call.WhenEnded);
        var stats = call.Stats;
        Assert.Equal(1, stats.Interruptions);
        Assert.Single(stats.BargeInLatencies);
        Assert.True(call.Heard[1].Interrupted);
        Assert.True(call.Heard[1].Length < TimeSpan.FromSeconds(10));
        Assert.Equal("I am sorry, please go on.", call.Heard[2].Text);
        Assert.Contains(call.Playout.Stops, s => s.DiscardedMilliseconds > 0);
    }

    [Fact]
    public async Task ManyCallers_HearTheirOwnAgentOnly()
    {
        await using var bridge = await TinyBridge.StartAsync(new SimulatorOptions());
        var calls = Enumerable.Range(0, 12).Select(i => bridge.Azure.PlaceCall(new CallPlan
        {
            From = $"+1425555020{i:00}",
            Script = CallerScript.Start.WaitForAgent().Say("What are your opening hours?").WaitForAgent().HangUp(),
        })).ToArray();
        foreach (var call in calls) await Soon.Is(call.WhenEnded);
        Assert.All(calls, c => Assert.Equal(0, c.Stats.FramesForeign));
        Assert.All(calls, c => Assert.True(c.Stats.FramesOwn > 50));
        Assert.Equal(12, bridge.Azure.Sessions.Select(s => s.Mark).Distinct().Count());
    }

    [Fact]
    public async Task BridgeThatMixesCallersUp_IsFoundOut()
    {
        await using var bridge = await TinyBridge.StartAsync(new SimulatorOptions());
        var call = bridge.Azure.PlaceCall(new CallPlan { Script = CallerScript.Silent });
        await Soon.Is(() => call.Heard.Count > 0, "the greeting");
        Assert.Equal(0, call.Stats.FramesForeign);
        bridge.CrossWires = true;
        await bridge.Azure.Sessions.Single().SayAsync("You are welcome.");
        var other = bridge.Azure.PlaceCall(new CallPlan { Script = CallerScript.Silent });
        await Soon.Is(() => other.Stats.FramesOwn > 0 && call.Stats.FramesForeign > 0, "the other one's greeting");
    }

    [Fact]
    public async Task Garbage_DoesNotEndTheCall()
    {
        await using var bridge = await TinyBridge.StartAsync(new SimulatorOptions());
        var call = bridge.Azure.PlaceCall(new CallPlan { Script = CallerScript.Silent });
        await Soon.Is(() => call.Heard.Count > 0, "the greeting");
        await call.SendGarbageAsync();
        call.Say("How much does it cost?");
        await Soon.Is(() => call.Heard.Count > 1, "an answer");
        Assert.Equal("It costs twenty euros a month.", call.Heard[1].Text);
    }

    [Fact]
    public async Task Recording_CanBePlayedToTheAgentAgain()
    {
        await using var bridge = await TinyBridge.StartAsync(new SimulatorOptions());
        var wav = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.wav");
        var first = bridge.Azure.PlaceCall(new CallPlan { Script = CallerScript.Start.Say("How much does it cost?").HangUp(), RecordTo = wav });
        await Soon.Is(first.WhenEnded);
        var second = bridge.Azure.PlaceCall(new CallPlan { Script = CallerScript.Start.WaitForAgent().Play(wav, "What are your opening hours?") });
        await Soon.Is(() => second.Heard.Count > 1, "an answer");
        Assert.StartsWith("We are open", second.Heard[1].Text, StringComparison.Ordinal);
        Assert.Throws<FileNotFoundException>(() => bridge.Azure.PlaceCall(new CallPlan { Script = CallerScript.Start.Play(wav + ".not", "") }));
        await second.HangUpAsync();
        File.Delete(wav);
    }
}
