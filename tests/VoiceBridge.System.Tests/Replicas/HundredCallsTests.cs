using VoiceBridge.Simulator;
using VoiceBridge.System.Tests.Harness;
using VoiceBridge.Testing;

namespace VoiceBridge.System.Tests.Replicas;

[Collection<Alone>]
public sealed class HundredCallsTests(RedisServers servers)
{
    private const int Calls = 100;
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(180);

    [Fact]
    public async Task A_hundred_callers_at_once_each_hear_only_their_own_agent()
    {
        await using var system = await Systems.StartAsync(servers, RedisKind.Garnet, options => options with { Gateways = 2, Controls = 2 });

        var calls = Place(system.Azure!, Calls);
        await Eventually.True(() => calls.All(call => call.Heard.Count > 0), Long, "every caller to be greeted");
        var open = await system.Cluster.Connections.ListAsync(TestContext.Current.CancellationToken);
        Assert.Equal(Calls, open.Count);
        Assert.Equal(2, open.Select(connection => connection.GatewayId).Distinct().Count());
        foreach (var call in calls) await call.OverAsync(Long);

        Assert.All(calls, call => Assert.Equal(0, call.Stats.FramesForeign));
        Assert.All(calls, call => Assert.True(call.Stats.FramesOwn > 0));
        Assert.All(calls, call => Assert.True(call.Stats.AgentTurns >= 2));
        Assert.All(calls, call => Assert.Equal(0, call.Stats.FramesLost));
        await system.EmptyAsync();
    }

    [Fact]
    public async Task The_hundred_and_first_on_a_full_gateway_is_refused_and_nobody_else_notices()
    {
        // Two gateways, so that the cluster has room; but every socket is sent to the first.
        await using var system = await Systems.StartAsync(servers, RedisKind.Garnet, options => (options with { Gateways = 2, MediaIngress = false })
            .With(("Admission:Headroom", "0"), ("Recovery:Seconds", "8")));

        var calls = Place(system.Azure!, Calls, CallerScript.Start.WaitForAgent());
        await Eventually.True(() => calls.All(call => call.Heard.Count > 0), Long, "every caller to be greeted");
        var refused = Place(system.Azure!, 1)[0];
        await refused.OverAsync(Long);

        Assert.Equal(0, refused.Stats.FramesHeard);
        Assert.Equal(Calls, (await system.Cluster.Connections.ListAsync(TestContext.Current.CancellationToken)).Count);
        Assert.All(calls, call => Assert.Equal(SimulatedCallState.Answered, call.State));
        Assert.All(calls, call => Assert.Equal(0, call.Stats.FramesLost));
        await Task.WhenAll(calls.Select(call => call.HangUpAsync()));
        await system.EmptyAsync();
    }

    private static SimulatedCall[] Place(SimulatedAzure azure, int count, CallerScript? script = null) =>
    [
        .. Enumerable.Range(0, count).Select(i => azure.PlaceCall(new CallPlan
        {
            From = $"+1425555{i:0000}",
            Script = script ?? CallerScript.Start.WaitForAgent().Say("What are your opening hours?").WaitForAgent().HangUp(),
        })),
    ];
}
