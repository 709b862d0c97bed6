using VoiceBridge.Cluster.Calls;
using VoiceBridge.Testing;
using static VoiceBridge.Cluster.Tests.TestCluster;

namespace VoiceBridge.Cluster.Tests.Connections;

public sealed class ConnectionDirectoryTests(RedisServers servers)
{
    [Theory, MemberData(nameof(RedisServers.ClusterKinds), MemberType = typeof(RedisServers))]
    public async Task Generation_IsAnotherForEachOfManyRacingSockets(RedisKind kind)
    {
        await using var cluster = await OnAsync(await servers.GetAsync(kind));
        await using var second = await cluster.ReplicaAsync();
        var id = NewId();
        await cluster.Due.TryClaimAsync(Ringing(id), "r1", TimeSpan.FromMinutes(1), Ct);

        var registered = await EverywhereAsync([cluster, second], 30, async (replica, i) =>
        {
            var connection = Connection(id, $"g{i}");
            return connection with { Generation = (await replica.Connections.RegisterAsync(connection, Ct)).Generation };
        });

        Assert.Equal(Enumerable.Range(1, 30).Select(i => (long)i), registered.Select(connection => connection.Generation).Order());
        var last = registered.Single(connection => connection.Generation == 30);
        Assert.Equal(last, Assert.Single(await cluster.Connections.ListAsync(Ct)));
        var call = await cluster.Calls.GetAsync(id, Ct);
        Assert.Equal((last.ConnectionId, last.GatewayId, 30L, 29), (call!.ConnectionId, call.GatewayId, call.Generation, call.Moves));
    }

    [Theory, MemberData(nameof(RedisServers.ClusterKinds), MemberType = typeof(RedisServers))]
    public async Task EarlierSocket_IsToldWhenItsGatewayAnnouncesItAndTakesNothingAway(RedisKind kind)
    {
        await using var cluster = await OnAsync(await servers.GetAsync(kind));
        var id = NewId();
        await cluster.Calls.AdvanceAsync(id, CallState.Connected, CallChange.None, Ct);
        var earlier = await cluster.RegisterAsync(Connection(id, "g1"));
        var later = await cluster.RegisterAsync(Connection(id, "g2"));

        Assert.Equal([earlier.ConnectionId], (await cluster.Gateways.AnnounceAsync(Heartbeat("g1", 10), [earlier], Ct)).SupersededConnections);
        Assert.Empty((await cluster.Gateways.AnnounceAsync(Heartbeat("g2", 10), [later], Ct)).SupersededConnections);
        await cluster.Connections.UnregisterAsync(earlier, "superseded", Ct);

        Assert.Equal(MediaState.Open, (await cluster.Calls.GetAsync(id, Ct))!.Media);
        Assert.Equal([later], await cluster.Connections.ListAsync(Ct));
        await cluster.Connections.UnregisterAsync(later, "socket closed", Ct);
        Assert.Equal(MediaState.None, (await cluster.Calls.GetAsync(id, Ct))!.Media);
        Assert.Empty(await cluster.Connections.ListAsync(Ct));
        Assert.Equal(["socket closed"], (await cluster.Calls.ListEventsAsync(id, Ct)).Select(entry => entry.Text));
        Assert.NotNull((await cluster.Calls.GetAsync(id, Ct))!.MediaLostAt);
    }

    [Theory, MemberData(nameof(RedisServers.ClusterKinds), MemberType = typeof(RedisServers))]
    public async Task Registration_OfACallThatIsOverIsRefused(RedisKind kind)
    {
        await using var cluster = await OnAsync(await servers.GetAsync(kind));
        var id = NewId();
        await cluster.Calls.AdvanceAsync(id, CallState.Ended, CallChange.None, Ct);

        Assert.True((await cluster.Connections.RegisterAsync(Connection(id), Ct)).CallOver);
        Assert.Empty(await cluster.Connections.ListAsync(Ct));
    }

    [Theory, MemberData(nameof(RedisServers.ClusterKinds), MemberType = typeof(RedisServers))]
    public async Task BrowserCaller_NeedsNoReservation(RedisKind kind)
    {
        await using var cluster = await OnAsync(await servers.GetAsync(kind));
        var id = NewId();

        var registration = await cluster.Connections.RegisterAsync(Connection(id, type: "web"), Ct);

        Assert.Equal((1L, null, false), (registration.Generation, registration.VoiceLiveEndpoint, registration.Resumed));
        var call = Assert.Single(await cluster.Calls.ListLiveAsync(Ct));
        Assert.Equal((CallState.Connected, MediaState.Open, "web", "+14255550123"), (call.State, call.Media, call.Type, call.From));
        Assert.True((await cluster.Connections.RegisterAsync(Connection(id, type: "web"), Ct)).Resumed);
    }

    [Theory, MemberData(nameof(RedisServers.ClusterKinds), MemberType = typeof(RedisServers))]
    public async Task Connection_ThatItsGatewayDoesNotRenewLapses(RedisKind kind)
    {
        await using var cluster = await OnAsync(await servers.GetAsync(kind));
        var connection = await cluster.RegisterAsync(Connection(NewId(), "dies"));
        Assert.Equal(1, (await cluster.Admission.LoadAsync(Ct)).Active);

        Assert.InRange((await cluster.Database.KeyTimeToLiveAsync(cluster.Keys.GatewayCalls("dies")))!.Value, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(15));
        // As if that were over.
        await cluster.Database.KeyDeleteAsync(cluster.Keys.GatewayCalls("dies"));

        Assert.Empty(await cluster.Connections.ListAsync(Ct));
        Assert.Equal(0, (await cluster.Admission.LoadAsync(Ct)).Active);
        Assert.Equal([connection.CallId], await cluster.Connections.FindMissingAsync("dies", [connection.CallId], Ct));
    }

    [Theory, MemberData(nameof(RedisServers.ClusterKinds), MemberType = typeof(RedisServers))]
    public async Task Gateway_WithTwoSocketsOfACallKeepsTheLater(RedisKind kind)
    {
        await using var cluster = await OnAsync(await servers.GetAsync(kind));
        var id = NewId();
        await cluster.Calls.AdvanceAsync(id, CallState.Connected, CallChange.None, Ct);
        var earlier = await cluster.RegisterAsync(Connection(id));
        var later = await cluster.RegisterAsync(Connection(id));

        var reply = await cluster.Gateways.AnnounceAsync(Heartbeat("g1", 10), [later, earlier, later], Ct);

        Assert.Equal([earlier.ConnectionId], reply.SupersededConnections);
        Assert.Equal([later], await cluster.Connections.ListAsync(Ct));
    }
}
