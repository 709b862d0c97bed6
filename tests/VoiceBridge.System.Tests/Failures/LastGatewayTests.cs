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

    [Fact]
    public async Task Callers_for_whom_the_other_gateways_have_no_room_are_told_goodbye_and_the_others_go_on()
    {
        const int perGateway = 4;
        const int tooMany = 2;
        var ct = TestContext.Current.CancellationToken;
        await using var system = await Systems.StartAsync(servers, RedisKind.Garnet, options =>
            (options with { Gateways = 2, ConnectionsPerGateway = perGateway }).With(("Drain:Seconds", "0"), ("Admission:Headroom", "0")));
        var calls = Crowd.Place(system, perGateway + tooMany, CallerScript.Start.WaitForAgent());
        foreach (var call in calls) await call.HeardAsync(1);
        await Eventually.True(
            async () => (await system.Cluster.Gateways.ListAsync(ct)).Sum(gateway => gateway.Heartbeat.Active) == calls.Length, what: "the gateways to say so");

        await system.Gateways[0].StopAsync(ct);

        await Eventually.True(() => calls.Count(call => call.WhenEnded.IsCompleted) == tooMany, Systems.Deadline, $"{tooMany} to be over");
        var (gone, going) = (calls.Where(call => call.WhenEnded.IsCompleted).ToArray(), calls.Where(call => !call.WhenEnded.IsCompleted).ToArray());
        Assert.All(gone, call => Assert.True(call.Heard.Count >= 2 && call.Stats.MediaSockets == 1, Crowd.Tell(call)));
        foreach (var call in gone) Assert.Equal("drained", (await system.RecordAsync(call, record => record.State == CallState.Ended)).EndReason);
        var heir = system.GatewayId(system.Gateways[1].Name);
        foreach (var call in going) await system.RecordAsync(call, record => record is { Media: MediaState.Open } && record.GatewayId == heir);
        Assert.All(going, call => Assert.True(call.MediaOpen, Crowd.Tell(call)));
        await Task.WhenAll(going.Select(call => call.HangUpAsync()));
        await system.EmptyAsync();
    }
}
