using Microsoft.Extensions.DependencyInjection;
using VoiceBridge.Cluster.Calls;
using VoiceBridge.Cluster.Connections;
using VoiceBridge.Cluster.Gateways;
using VoiceBridge.MediaGateway.Tests.Fakes;
using VoiceBridge.Testing;

namespace VoiceBridge.MediaGateway.Tests.Calls;

/// <summary>What the cluster sees of a gateway's calls.</summary>
public sealed class ClusterTests
{
    [Fact]
    public async Task Cluster_SeesGatewayAndCall_AndAfterwardsNothing()
    {
        await using var redis = await RedisServer.StartAsync(RedisKind.Garnet);
        await using var gateway = await TestGateway.StartAsync(("ConnectionStrings:redis", redis.ConnectionString));
        var cancel = TestContext.Current.CancellationToken;
        var calls = gateway.App.Services.GetRequiredService<CallStore>();
        var directory = gateway.App.Services.GetRequiredService<ConnectionDirectory>();
        var registry = gateway.App.Services.GetRequiredService<GatewayRegistry>();
        var ticket = gateway.Ticket();
        await calls.AdvanceAsync(ticket.CallId, CallState.Connected, new CallChange { CorrelationId = ticket.CorrelationId }, cancel);

        await using var caller = await gateway.CallAsync(ticket);
        var session = await gateway.VoiceLive.SessionAsync();
        await Eventually.True(() => session.Types.Contains("test.opening"), what: "the opening");
        await session.SpeakAsync("resp_1", "item_1", FakeCaller.Frame(1));
        await Eventually.True(async () => (await calls.GetAsync(ticket.CallId, cancel)) is { Media: MediaState.Open, FirstAudioMs: > 0, CallConnectionId: "call-connection-1" },
            what: "the call's record");
        Assert.Equal(ticket.CallId, Assert.Single(await directory.ListAsync(cancel)).CallId);
        await Eventually.True(async () => (await registry.ListAsync(cancel)) is [{ Heartbeat: { Active: 1, Capacity: 100, Endpoints: [{ Name: "fake", Healthy: true }] } }],
            what: "the heartbeat");

        await caller.HangUpAsync();
        await gateway.NothingIsLeftAsync();
        await Eventually.True(async () => (await directory.ListAsync(cancel)).Count == 0, what: "no connection in the cluster");
        Assert.Equal(MediaState.None, (await calls.GetAsync(ticket.CallId, cancel))!.Media);
    }

    [Fact]
    public async Task SecondSocketOfACall_Wins_AndTheFirstStopsWithoutHangingUp()
    {
        await using var redis = await RedisServer.StartAsync(RedisKind.Garnet);
        await using var gateway = await TestGateway.StartAsync(("ConnectionStrings:redis", redis.ConnectionString));
        var ticket = gateway.Ticket();
        await gateway.App.Services.GetRequiredService<CallStore>().AdvanceAsync(
            ticket.CallId, CallState.Connected, new CallChange { CorrelationId = ticket.CorrelationId }, TestContext.Current.CancellationToken);
        await using var first = await gateway.CallAsync(ticket);
        await gateway.VoiceLive.SessionAsync();
        await using var second = await gateway.CallAsync(ticket);
        await Eventually.True(() => first.Over, what: "the end of the first");
        var session = await gateway.VoiceLive.SessionAsync(1);
        await Eventually.True(() => session.Received.Contains("""{"type":"test.opening","resumed":true}"""), what: "the resumed opening");
        await second.SayAsync(1);
        await Eventually.True(() => session.Audio.Count == 1, what: "the second's audio");
        Assert.Empty(gateway.Asked);
        Assert.Contains("ended superseded", gateway.Agents.Made[0].Log);
        Assert.Equal(1, gateway.Connections.ActiveConnections);
    }
}
