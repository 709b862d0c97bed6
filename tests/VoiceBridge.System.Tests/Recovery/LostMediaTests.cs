using System.Net;
using VoiceBridge.Cluster.Calls;
using VoiceBridge.Simulator;
using VoiceBridge.System.Tests.Failures;
using VoiceBridge.System.Tests.Harness;
using VoiceBridge.Testing;

namespace VoiceBridge.System.Tests.Recovery;

/// <summary>Calls outlive what carries them.</summary>
public sealed class LostMediaTests(RedisServers servers)
{
    [Fact]
    public async Task A_lost_voice_live_session_is_replaced_by_one_that_knows_the_conversation()
    {
        await using var system = await Systems.StartAsync(servers, RedisKind.Garnet);
        var call = system.Azure!.PlaceCall(new CallPlan { Script = CallerScript.Start.WaitForAgent().Say("Tell me a long story, please.") });
        await Eventually.True(() => call.Heard.Count > 0 && call.AgentSpeaking, Systems.Deadline, "the story to begin");

        system.Azure.Sessions.Single(session => session.IsOpen).Drop();

        var replaced = await Eventually.Get(
            () => Task.FromResult(system.Azure.Sessions.FirstOrDefault(session => session.IsOpen)),
            session => session is not null && session.Items.Any(item => item.Text.Contains("story", StringComparison.OrdinalIgnoreCase)),
            Systems.Deadline, "a new session with the turns so far");
        var heard = call.Heard.Count;
        call.Say("What are your opening hours?");
        await call.HeardAsync(heard + 1);
        Assert.NotNull(replaced);
        Assert.Equal(SimulatedCallState.Answered, call.State);
        Assert.Equal(1, call.Stats.MediaSockets);
        Assert.Equal(0, call.Stats.FramesLost);
        await call.HangUpAsync();
    }

    /// <summary>All that is left is that the gateway's heartbeat lapses.</summary>
    [Theory, MemberData(nameof(RedisServers.BestKind), MemberType = typeof(RedisServers))]
    public async Task Calls_of_a_killed_gateway_go_on_though_the_phone_service_says_nothing(RedisKind kind)
    {
        await using var system = await Systems.StartAsync(servers, kind, options => Crowd.InProcesses(options) with
        {
            Gateways = 2,
            Simulate = azure => azure.Acs.MediaReconnect = MediaReconnect.StartResumes,
        });
        var crowd = await Crowd.TalkingAsync(system, 6);
        var victim = system.Gateways[0];
        var hit = await crowd.OnAsync(system.GatewayId(victim.Name));
        Assert.NotEmpty(hit);
        system.Azure!.Options.Acs.CallbackLoss = 1;

        await victim.KillAsync();

        await Crowd.HearingAsync(hit);
        system.Azure.Options.Acs.CallbackLoss = 0;
        await crowd.RememberedAsync(hit);
        await crowd.StreamingAsync();
        Crowd.AssertUntouched(crowd.Calls.Except(hit));
        await crowd.HangUpAsync();
    }

    [Fact]
    public async Task An_answered_caller_for_whom_there_is_no_agent_goes_to_the_overflow_number()
    {
        await using var system = await Systems.StartAsync(servers, RedisKind.Garnet, options => (options with
        {
            Simulate = azure => azure.VoiceLive.Refuse = HttpStatusCode.ServiceUnavailable,
        }).With(("Overflow:Number", "+14255550177"), ("VoiceLive:ConnectSeconds", "2")));

        var call = system.Azure!.PlaceCall(new CallPlan { Script = CallerScript.Silent });

        await call.OverAsync();
        Assert.Equal("transferred to +14255550177", call.EndReason);
        Assert.Equal("overflow", (await system.RecordAsync(call, record => record.State == CallState.Ended)).EndReason);
        await system.EmptyAsync();
    }

    [Fact]
    public async Task A_caller_whom_the_overflow_number_does_not_take_is_hung_up()
    {
        await using var system = await Systems.StartAsync(servers, RedisKind.Garnet, options => (options with
        {
            Simulate = azure => (azure.VoiceLive.Refuse, azure.Acs.TransferFails) = (HttpStatusCode.ServiceUnavailable, true),
        }).With(("Overflow:Number", "+14255550177"), ("VoiceLive:ConnectSeconds", "2")));

        var call = system.Azure!.PlaceCall(new CallPlan { Script = CallerScript.Silent });

        await call.OverAsync();
        Assert.Equal("no_agent", (await system.RecordAsync(call, record => record.State == CallState.Ended)).EndReason);
        await system.EmptyAsync();
    }
}
