using VoiceBridge.Simulator;
using VoiceBridge.System.Tests.Harness;
using VoiceBridge.Testing;

namespace VoiceBridge.System.Tests.Isolation;

/// <summary>One caller's failure is nobody else's. No ingress stands between, so that what is seen is the gateway's doing.</summary>
public sealed class IsolationTests(RedisServers servers)
{
    private const int Others = 12;
    private const int FramesAfter = 25;
    private static readonly TimeSpan LargestGap = TimeSpan.FromMilliseconds(500);
    private static readonly CallerScript Talk = CallerScript.Start
        .WaitForAgent().Say("Tell me a long story, please.")
        .WaitForAgent().Say("What are your opening hours?")
        .WaitForAgent();

    [Fact]
    public async Task What_happens_to_one_call_is_nobody_elses_trouble()
    {
        await using var system = await Systems.StartAsync(servers, RedisKind.Garnet, options => options with { MediaIngress = false });
        var azure = system.Azure!;
        (string Name, Func<SimulatedCall, Task> Do)[] harms =
        [
            ("an aborted media socket", call => call.AbortMediaAsync()),
            ("a failing Voice Live session", call =>
            {
                azure.Sessions.Single(session => session.Mark == call.Mark && session.IsOpen).Drop();
                return Task.CompletedTask;
            }),
            ("garbage on the media socket", call => call.SendGarbageAsync()),
            ("a caller that never reads", call =>
            {
                call.StopReading();
                call.Say("Tell me a long story, please.");
                return Task.CompletedTask;
            }),
        ];
        var victims = harms.Select((_, i) => azure.PlaceCall(new CallPlan { From = $"+1425666{i:0000}", Script = CallerScript.Start.WaitForAgent() })).ToArray();
        var others = Enumerable.Range(0, Others).Select(i => azure.PlaceCall(new CallPlan { From = $"+1425555{i:0000}", Script = Talk })).ToArray();
        foreach (var victim in victims) await victim.HeardAsync(1);
        await Eventually.True(() => others.All(call => call.AgentSpeaking && call.Heard.Count > 0), Systems.Deadline, "everybody to hear the story");

        for (var i = 0; i < harms.Length; i++)
        {
            var heard = others.Select(call => call.Stats.FramesHeard).ToArray();
            await harms[i].Do(victims[i]);

            // Within the story, so that a gap is one: each has heard half a second more of it.
            await Eventually.True(
                () => others.Zip(heard).All(call => call.First.Stats.FramesHeard >= call.Second + FramesAfter), Systems.Deadline, $"the others to hear more after {harms[i].Name}");
            Assert.All(others, call => Assert.True(
                call.Stats.LargestGap <= LargestGap, $"{call.Plan.From} heard a gap of {call.Stats.LargestGap.TotalMilliseconds} ms after {harms[i].Name}."));
        }

        await Eventually.True(() => others.All(call => call.ScriptFinished), TimeSpan.FromSeconds(120), "the others to finish");
        Assert.All(others, call => Assert.Equal(SimulatedCallState.Answered, call.State));
        Assert.All(others, call => Assert.Equal(0, call.Stats.FramesLost));
        Assert.All(others, call => Assert.Equal(0, call.Stats.FramesForeign));
        Assert.All(others, call => Assert.True(call.Stats.LargestGap <= LargestGap, $"{call.Plan.From} heard a gap of {call.Stats.LargestGap.TotalMilliseconds} ms."));
        Assert.All(others, call => Assert.Equal(1, call.Stats.MediaSockets));
        await Task.WhenAll(others.Concat(victims).Select(call => call.HangUpAsync()));
        await system.EmptyAsync();
    }
}
