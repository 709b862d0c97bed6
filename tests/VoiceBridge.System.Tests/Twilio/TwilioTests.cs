using VoiceBridge.Cluster.Calls;
using VoiceBridge.Local;
using VoiceBridge.Simulator;
using VoiceBridge.System.Tests.Failures;
using VoiceBridge.System.Tests.Harness;
using VoiceBridge.Testing;

namespace VoiceBridge.System.Tests.Twilio;

/// <summary>Calls over Twilio through the whole system, beside those of ACS.</summary>
public sealed class TwilioTests(RedisServers servers)
{
    private const double MaxTruncationError = 40;

    [Fact]
    public async Task A_call_is_greeted_talks_in_turns_and_is_interrupted()
    {
        await using var system = await StartAsync();

        var call = Call(system, CallerScript.Default.HangUp());

        await call.OverAsync(TimeSpan.FromSeconds(90));
        var stats = call.Stats;
        Assert.Equal((0L, 0L, 0, 0L), (stats.FramesLost, stats.FramesForeign, stats.InvalidMessages, stats.FramesAfterStop));
        Assert.True(stats.FramesOwn > 0, "The caller heard an agent that did not hear the caller.");
        Assert.True(stats.Interruptions >= 1, "clear never came.");
        Assert.Contains(call.Heard, turn => turn.Interrupted);
        Assert.Equal(1, stats.MediaSockets);
        var record = await system.RecordAsync(call, r => r.State == CallState.Ended);
        Assert.Equal(("twilio", call.CorrelationId, call.Plan.From), (record.Type, record.CallConnectionId, record.From));
        Assert.True(record.Turns >= 4, $"Turns of both speakers, not {record.Turns}.");
        AssertTruncation(system, call);
        await system.EmptyAsync();
    }

    /// <summary>What the model believes was heard is what was played.</summary>
    private static void AssertTruncation(LocalSystem system, SimulatedCall call)
    {
        var cut = system.Azure!.Sessions.Where(session => session.Mark == call.Mark).SelectMany(session => session.Items).Where(item => item.TruncatedAtMs is not null).ToArray();
        Assert.NotEmpty(cut);
        Assert.All(cut, item => Assert.InRange(item.TruncatedAtMs!.Value - call.Playout.PlayedByItem.GetValueOrDefault(item.Number), -MaxTruncationError, MaxTruncationError));
    }

    [Fact]
    public async Task Marks_that_are_late_or_lost_do_no_harm()
    {
        await using var system = await StartAsync(azure => (azure.Twilio.MarkLoss, azure.Twilio.MarkDelay) = (0.3, TimeSpan.FromMilliseconds(300)));

        var call = Call(system, CallerScript.Default.HangUp());

        await call.OverAsync(TimeSpan.FromSeconds(90));
        Assert.Equal((0L, 0L, 0, 0L), (call.Stats.FramesLost, call.Stats.FramesForeign, call.Stats.InvalidMessages, call.Stats.FramesAfterStop));
        Assert.True(call.Stats.AgentTurns >= 4, $"A greeting and three answers, not {call.Stats.AgentTurns} turns.");
        await system.EmptyAsync();
    }

    [Fact]
    public Task Callers_of_both_phones_hear_only_their_own_agent_and_one_more_of_either_is_turned_away() => CrowdAsync(perGateway: 10, TimeSpan.FromSeconds(5));

    /// <summary>As ordered: fifty of each, for a minute.</summary>
    [Fact(Explicit = true)]
    public Task A_hundred_callers_of_both_phones_for_a_minute() => CrowdAsync(perGateway: 50, TimeSpan.FromSeconds(60));

    private async Task CrowdAsync(int perGateway, TimeSpan length)
    {
        await using var system = await Systems.StartAsync(servers, RedisKind.Garnet, options => (options with
        {
            Twilio = true, Gateways = 2, Controls = 2, ConnectionsPerGateway = perGateway,
        }).With(("Admission:Headroom", "0"), ("Admission:RingSeconds", "2")));
        var (acs, twilio) = (Crowd.TalkingAsync(system, perGateway), Crowd.TalkingAsync(system, perGateway, network: PhoneNetwork.Twilio));
        var calls = (await acs).Calls.Concat((await twilio).Calls).ToArray();

        var more = Crowd.Place(system, 1, CallerScript.Silent).Concat(Crowd.Place(system, 1, CallerScript.Silent, PhoneNetwork.Twilio)).ToArray();
        foreach (var call in more) await call.OverAsync();
        await Task.Delay(length, TestContext.Current.CancellationToken);

        Assert.All(more, call => Assert.Equal((SimulatedCallState.Rejected, "rejected: busy"), (call.State, call.EndReason)));
        Crowd.AssertUntouched(calls);
        Assert.All(calls, call => Assert.True(call.Stats is { FramesOwn: > 0, InvalidMessages: 0 }, Crowd.Tell(call)));
        await Task.WhenAll(calls.Select(call => call.HangUpAsync()));
        await system.EmptyAsync();
    }

    [Fact]
    public async Task Agent_hangs_up_and_transfers()
    {
        await using var system = await Systems.StartAsync(servers, RedisKind.Garnet, options => (options with
        {
            Twilio = true,
            Simulate = azure =>
            {
                azure.VoiceLive.Replies.Add(new() { Keyword = "office", Say = "One moment.", Call = "transfer_call", Arguments = """{"target":"office"}""" });
                azure.VoiceLive.Replies.Add(new() { Keyword = "goodbye", Call = "end_call", Arguments = """{"goodbye":"Thank you for calling. Goodbye."}""" });
            },
        }).With(("Agents:default:Greeting", "Hello, how can I help you today?"), ("Agents:default:Transfer:Numbers:office", "+14255550178")));

        var ending = Call(system, CallerScript.Start.WaitForAgent().Say("Thank you, that is all. Goodbye.").WaitForAgent());
        var leaving = Call(system, CallerScript.Start.WaitForAgent().Say("Please connect me to the office.").WaitForAgent());

        await ending.OverAsync();
        await leaving.OverAsync();
        Assert.Equal(("hung up by the service", "transferred to +14255550178"), (ending.EndReason, leaving.EndReason));
        Assert.Equal("agent_ended", (await system.RecordAsync(ending, r => r.State == CallState.Ended)).EndReason);
        Assert.Equal("transferred", (await system.RecordAsync(leaving, r => r.State == CallState.Ended)).EndReason);
        await system.EmptyAsync();
    }

    [Fact]
    public async Task A_call_of_Teams_Phone_is_answered_by_the_agent_of_its_resource_account()
    {
        const string Account = "28:orgid:0b1c7e5a-4f8e-4c0e-9d5b-000000000111";
        await using var system = await Systems.StartAsync(servers, RedisKind.Garnet, options => options.With(
            ("Agents:default:Greeting", "Hello, how can I help you today?"),
            ("Agents:front:Greeting", "Hello, this is VoiceBridge."), ("Agents:front:Instructions", "Welcome everybody."), ("Agents:front:Numbers:0", Account)));

        var call = system.Azure!.PlaceCall(new CallPlan { To = Account, Script = CallerScript.Start.WaitForAgent().Say("How much does it cost?").WaitForAgent().HangUp() });

        await call.OverAsync();
        Assert.Equal("Hello, this is VoiceBridge.", call.Heard[0].Text);
        Assert.Equal(0, call.Stats.FramesLost);
        var record = await system.RecordAsync(call, r => r.State == CallState.Ended);
        Assert.Equal((Account, "front"), (record.To, record.Agent));
        await system.EmptyAsync();
    }

    private Task<LocalSystem> StartAsync(Action<SimulatorOptions>? simulate = null) =>
        Systems.StartAsync(servers, RedisKind.Garnet, options => options with { Twilio = true, Simulate = simulate });

    private static SimulatedCall Call(LocalSystem system, CallerScript script) => system.Azure!.PlaceCall(new CallPlan { Network = PhoneNetwork.Twilio, Script = script });
}
