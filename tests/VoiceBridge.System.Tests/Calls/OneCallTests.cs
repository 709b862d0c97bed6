using VoiceBridge.Cluster.Calls;
using VoiceBridge.Simulator;
using VoiceBridge.System.Tests.Harness;
using VoiceBridge.Testing;

namespace VoiceBridge.System.Tests.Calls;

public sealed class OneCallTests(RedisServers servers)
{
    [Theory, MemberData(nameof(RedisServers.Kinds), MemberType = typeof(RedisServers))]
    public async Task A_call_is_answered_greeted_and_talks_in_turns(RedisKind kind)
    {
        await using var system = await Systems.StartAsync(servers, kind);

        var call = system.Azure!.PlaceCall(new CallPlan { Script = CallerScript.Conversation(2).HangUp() });
        await call.OverAsync();

        var stats = call.Stats;
        Assert.NotNull(stats.TimeToAnswer);
        Assert.Equal(0, stats.FramesLost);
        Assert.Equal(0, stats.FramesForeign);
        Assert.Equal(0, stats.InvalidMessages);
        Assert.True(stats.FramesOwn > 0, "The caller heard an agent that did not hear the caller.");
        Assert.Equal(3, stats.CallerTurns);
        Assert.True(stats.AgentTurns >= 4, $"A greeting and three answers, not {stats.AgentTurns} turns.");
        Assert.Equal(1, stats.MediaSockets);
        var record = await system.RecordAsync(call, r => r.State == CallState.Ended);
        Assert.Equal(call.CallConnectionId, record.CallConnectionId);
        Assert.Equal(call.Plan.From, record.From);
        Assert.Contains(record.EndReason, (string[])["caller_hung_up", "agent_ended"]);
        Assert.True(record.Turns >= 6, $"Turns of both speakers, not {record.Turns}.");
        Assert.NotNull(record.FirstAudioAt);
    }

    [Fact]
    public async Task The_greeting_comes_before_the_caller_says_anything()
    {
        await using var system = await Systems.StartAsync(servers, RedisKind.Garnet);

        var call = system.Azure!.PlaceCall(new CallPlan { Script = CallerScript.Silent });
        await call.HeardAsync(1);

        Assert.Equal(0, call.Stats.CallerTurns);
        Assert.False(string.IsNullOrWhiteSpace(call.Heard[0].Text));
        await call.HangUpAsync();
    }

    [Fact]
    public async Task A_caller_who_speaks_over_the_agent_stops_it()
    {
        await using var system = await Systems.StartAsync(servers, RedisKind.Garnet);

        var call = system.Azure!.PlaceCall(new CallPlan { Script = CallerScript.Default.HangUp() });
        await call.OverAsync(TimeSpan.FromSeconds(90));

        Assert.True(call.Stats.Interruptions >= 1, "StopAudio never came.");
        Assert.Contains(call.Heard, turn => turn.Interrupted);
        Assert.Equal(0, call.Stats.FramesAfterStop);
        Assert.Equal(0, call.Stats.FramesLost);
    }

    [Fact]
    public async Task Both_speakers_words_are_kept_for_as_long_as_the_call_stands()
    {
        await using var system = await Systems.StartAsync(servers, RedisKind.Garnet);

        var call = system.Azure!.PlaceCall(new CallPlan { Script = CallerScript.Conversation(1) });
        await call.HeardAsync(2);

        var record = await system.RecordAsync(call, r => r.State == CallState.Connected);
        var turns = await Eventually.Get(
            () => system.Cluster.Turns.ReadAsync(record.CallId, TestContext.Current.CancellationToken),
            read => read.Any(t => t.Speaker == "caller") && read.Count(t => t.Speaker == "agent") >= 2,
            Systems.Deadline,
            "turns of both speakers");
        Assert.Contains(turns, t => t.Speaker == "caller" && t.Text.Contains("order", StringComparison.OrdinalIgnoreCase));
        await call.HangUpAsync();
    }
}
