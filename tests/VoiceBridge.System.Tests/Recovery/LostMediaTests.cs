using VoiceBridge.Simulator;
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

    [Theory, InlineData(MediaReconnect.ReconnectsItself), InlineData(MediaReconnect.StartResumes)]
    public async Task Calls_of_a_killed_gateway_go_on_at_another(MediaReconnect mode)
    {
        await using var system = await Systems.StartAsync(servers, RedisKind.Garnet, options => options with
        {
            Gateways = 2,
            Processes = true,
            Simulate = azure => azure.Acs.MediaReconnect = mode,
        });
        var calls = Enumerable.Range(0, 6).Select(i => system.Azure!.PlaceCall(new CallPlan { From = $"+1425555{i:0000}", Script = CallerScript.Start.WaitForAgent() })).ToArray();
        foreach (var call in calls) await call.HeardAsync(1);
        var survivor = system.GatewayId("gateway-2");

        await system.Gateways[0].KillAsync();

        await Eventually.True(
            async () =>
            {
                var open = await system.Cluster.Connections.ListAsync(TestContext.Current.CancellationToken);
                return open.Count == calls.Length && open.All(connection => connection.GatewayId == survivor);
            },
            Systems.Deadline, "all connections to be the other gateway's");
        Assert.All(calls, call => Assert.Equal(SimulatedCallState.Answered, call.State));
        var heard = calls.ToDictionary(call => call, call => call.Heard.Count);
        foreach (var call in calls) call.Say("What are your opening hours?");
        foreach (var call in calls) await call.HeardAsync(heard[call] + 1);
        await Task.WhenAll(calls.Select(call => call.HangUpAsync()));
        await system.EmptyAsync();
    }
}
