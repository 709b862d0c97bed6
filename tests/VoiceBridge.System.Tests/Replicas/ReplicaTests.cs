using VoiceBridge.Cluster.Calls;
using VoiceBridge.Simulator;
using VoiceBridge.System.Tests.Harness;
using VoiceBridge.Testing;

namespace VoiceBridge.System.Tests.Replicas;

public sealed class ReplicaTests(RedisServers servers)
{
    [Theory, MemberData(nameof(RedisServers.BestKind), MemberType = typeof(RedisServers))]
    public async Task A_call_claimed_by_a_replica_that_is_killed_is_answered_by_another(RedisKind kind)
    {
        const int failing = 1_000;
        await using var system = await Systems.StartAsync(servers, kind, options => options with
        {
            Controls = 2,
            Processes = true,
            Simulate = azure => azure.Acs.FailAnswerTimes = failing,
        });
        var acs = system.Azure!.Options.Acs;
        system.Azure.Options.Webhook = new UriBuilder(system.Webhook) { Port = system.Controls[0].Address.Port }.Uri;

        var call = system.Azure.PlaceCall(new CallPlan { Script = CallerScript.Start.WaitForAgent().HangUp() });
        await Eventually.True(() => acs.FailAnswerTimes < failing, Systems.Deadline, "the first replica to try");
        await system.Controls[0].KillAsync();
        acs.FailAnswerTimes = 0;

        await call.AnsweredAsync();
        await call.OverAsync();
        Assert.True(call.Stats.FramesHeard > 0);
        Assert.Equal(1, call.Stats.MediaSockets);
        await system.RecordAsync(call, record => record.State == CallState.Ended);
    }

    [Fact]
    public async Task A_replica_that_stops_gives_back_the_call_it_was_about_to_answer()
    {
        const int failing = 1_000;
        await using var system = await Systems.StartAsync(servers, RedisKind.Garnet, options => options with
        {
            Controls = 2,
            Simulate = azure => azure.Acs.FailAnswerTimes = failing,
        });
        var acs = system.Azure!.Options.Acs;
        system.Azure.Options.Webhook = new UriBuilder(system.Webhook) { Port = system.Controls[0].Address.Port }.Uri;

        var call = system.Azure.PlaceCall(new CallPlan { Script = CallerScript.Start.WaitForAgent().HangUp() });
        await Eventually.True(() => acs.FailAnswerTimes < failing, Systems.Deadline, "the first replica to try");
        var stopping = system.Controls[0].StopAsync(TestContext.Current.CancellationToken);
        acs.FailAnswerTimes = 0;
        await stopping;

        await call.OverAsync();
        Assert.True(call.Stats.FramesHeard > 0);
        Assert.Equal(1, call.Stats.MediaSockets);
    }

    [Theory, MemberData(nameof(RedisServers.BestKind), MemberType = typeof(RedisServers))]
    public async Task Of_two_media_sockets_of_one_call_the_later_wins_and_the_call_goes_on(RedisKind kind)
    {
        await using var system = await Systems.StartAsync(servers, kind, options => options with { Gateways = 2 });
        var call = system.Azure!.PlaceCall(new CallPlan { Script = CallerScript.Start.WaitForAgent() });
        await call.HeardAsync(1);
        var first = await system.RecordAsync(call, record => record.Media == MediaState.Open);

        Assert.True(await call.OpenSecondMediaAsync());

        var second = await system.RecordAsync(call, record => record.Generation == 2 && record.Media == MediaState.Open);
        Assert.NotEqual(first.ConnectionId, second.ConnectionId);
        Assert.NotEqual(first.GatewayId, second.GatewayId);
        await Eventually.True(
            async () => (await system.Cluster.Connections.ListAsync(TestContext.Current.CancellationToken)) is [var only] && only.ConnectionId == second.ConnectionId,
            Systems.Deadline, "the earlier connection to be gone");
        Assert.Equal(SimulatedCallState.Answered, call.State);
        var heard = call.Heard.Count;
        call.Say("What are your opening hours?");
        await call.HeardAsync(heard + 1);
        await call.HangUpAsync();
        await system.EmptyAsync();
    }
}
