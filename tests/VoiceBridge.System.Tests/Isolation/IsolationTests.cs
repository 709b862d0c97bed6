using VoiceBridge.Simulator;
using VoiceBridge.System.Tests.Harness;
using VoiceBridge.Testing;

namespace VoiceBridge.System.Tests.Isolation;

/// <summary>One caller's failure is nobody else's. No ingress stands between, so that what is seen is the gateway's doing.</summary>
public sealed class IsolationTests(RedisServers servers)
{
    private const int Others = 12;
    private static readonly TimeSpan LargestGap = TimeSpan.FromMilliseconds(500);
    private static readonly CallerScript Talk = CallerScript.Start
        .WaitForAgent().Say("Tell me a long story, please.")
        .WaitForAgent().Say("What are your opening hours?")
        .WaitForAgent();

    [Fact]
    public Task An_aborted_media_socket_is_nobody_elses_trouble() => OthersGoOnAsync((_, call) => call.AbortMediaAsync());

    [Fact]
    public Task A_failing_voice_live_session_is_nobody_elses_trouble() => OthersGoOnAsync((azure, call) =>
    {
        azure.Sessions.Single(session => session.Mark == call.Mark && session.IsOpen).Drop();
        return Task.CompletedTask;
    });

    [Fact]
    public Task Garbage_on_one_media_socket_is_nobody_elses_trouble() => OthersGoOnAsync((_, call) => call.SendGarbageAsync());

    [Fact]
    public Task A_caller_that_never_reads_is_nobody_elses_trouble() => OthersGoOnAsync((_, call) =>
    {
        call.StopReading();
        call.Say("Tell me a long story, please.");
        return Task.CompletedTask;
    });

    private async Task OthersGoOnAsync(Func<SimulatedAzure, SimulatedCall, Task> harm)
    {
        await using var system = await Systems.StartAsync(servers, RedisKind.Garnet, options => options with { MediaIngress = false });
        var azure = system.Azure!;
        var victim = azure.PlaceCall(new CallPlan { From = "+14255559999", Script = CallerScript.Start.WaitForAgent() });
        var others = Enumerable.Range(0, Others).Select(i => azure.PlaceCall(new CallPlan { From = $"+1425555{i:0000}", Script = Talk })).ToArray();
        await victim.HeardAsync(1);
        await Eventually.True(() => others.All(call => call.AgentSpeaking && call.Heard.Count > 0), Systems.Deadline, "everybody to hear the story");

        await harm(azure, victim);

        await Eventually.True(() => others.All(call => call.ScriptFinished), TimeSpan.FromSeconds(120), "the others to finish");
        Assert.All(others, call => Assert.Equal(SimulatedCallState.Answered, call.State));
        Assert.All(others, call => Assert.Equal(0, call.Stats.FramesLost));
        Assert.All(others, call => Assert.Equal(0, call.Stats.FramesForeign));
        Assert.All(others, call => Assert.True(call.Stats.LargestGap <= LargestGap, $"{call.Plan.From} heard a gap of {call.Stats.LargestGap.TotalMilliseconds} ms."));
        Assert.All(others, call => Assert.Equal(1, call.Stats.MediaSockets));
        await Task.WhenAll(others.Append(victim).Select(call => call.HangUpAsync()));
        await system.EmptyAsync();
    }
}
