using VoiceBridge.Cluster.Calls;
using VoiceBridge.Simulator;
using VoiceBridge.System.Tests.Harness;
using VoiceBridge.Testing;

namespace VoiceBridge.System.Tests.Failures;

public sealed class LastGatewayTests(RedisServers servers)
{
    [Fact]
    public async Task Callers_of_the_last_gateway_that_stops_are_told_goodbye_and_hung_up()
    {
        await using var system = await Systems.StartAsync(servers, RedisKind.Garnet, options => options.With(("Drain:Seconds", "0")));
        var calls = Crowd.Place(system, 3, CallerScript.Start.WaitForAgent());
        foreach (var call in calls) await call.HeardAsync(1);

        await system.Gateways[0].StopAsync(TestContext.Current.CancellationToken);

        foreach (var call in calls)
        {
            await call.OverAsync();
            Assert.True(call.Heard.Count >= 2, Crowd.Tell(call));
            Assert.Equal(1, call.Stats.MediaSockets);
            Assert.Equal("drained", (await system.RecordAsync(call, record => record.State == CallState.Ended)).EndReason);
        }
        await system.EmptyAsync();
    }
}
