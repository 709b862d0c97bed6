using VoiceBridge.Cluster.Calls;
using VoiceBridge.Cluster.Gateways;
using VoiceBridge.Cluster.Transcripts;
using VoiceBridge.Testing;
using static VoiceBridge.Cluster.Tests.TestCluster;

namespace VoiceBridge.Cluster.Tests.Gateways;

public sealed class GatewayRegistryTests(RedisServers servers)
{
    [Theory, MemberData(nameof(RedisServers.ClusterKinds), MemberType = typeof(RedisServers))]
    public async Task Gateway_IsSeenAsItSaysAndFadesWithItsHeartbeat(RedisKind kind)
    {
        await using var cluster = await OnAsync(await servers.GetAsync(kind));
        var heartbeat = Heartbeat("g1", 5) with { Active = 1, Version = "1.2.3", CpuPercent = 12.5, MemoryBytes = 1L << 33, StartedAt = DateTimeOffset.UnixEpoch.AddDays(20_000) };

        Assert.Equal(GatewayState.Ready, await StateAsync(heartbeat));
        Assert.Equal(GatewayState.Full, await StateAsync(heartbeat with { Active = 5 }));
        Assert.Equal(GatewayState.Draining, await StateAsync(heartbeat with { Draining = true }));
        await cluster.Database.SortedSetIncrementAsync(cluster.Keys.GatewayHeartbeats, "g1", -3_000);
        Assert.Equal(GatewayState.Suspect, (await ViewAsync()).State);
        await cluster.Database.SortedSetIncrementAsync(cluster.Keys.GatewayHeartbeats, "g1", -2_000);
        Assert.Equal(GatewayState.Dead, (await ViewAsync()).State);
        Assert.InRange((await ViewAsync()).HeartbeatAge, TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(15));
        await cluster.Database.SortedSetIncrementAsync(cluster.Keys.GatewayHeartbeats, "g1", -10_000);
        Assert.Empty(await cluster.Gateways.ListAsync(Ct));
        await cluster.Gateways.AnnounceAsync(Heartbeat("g2", 5), [], Ct);
        Assert.Equal(1, await cluster.Database.HashLengthAsync(cluster.Keys.GatewayDetails));

        async Task<GatewayState> StateAsync(GatewayHeartbeat next)
        {
            await cluster.Gateways.AnnounceAsync(next, [], Ct);
            var view = await ViewAsync();
            Assert.Equal(next with { Endpoints = [] }, view.Heartbeat with { Endpoints = [] });
            Assert.Equal(next.Endpoints, view.Heartbeat.Endpoints);
            return view.State;
        }

        async Task<GatewayView> ViewAsync() => Assert.Single(await cluster.Gateways.ListAsync(Ct));
    }

    [Theory, MemberData(nameof(RedisServers.ClusterKinds), MemberType = typeof(RedisServers))]
    public async Task Order_IsRepeatedUntilItIsObeyed(RedisKind kind)
    {
        await using var cluster = await OnAsync(await servers.GetAsync(kind));
        var heartbeat = Heartbeat("g1", 5);
        Assert.Equal(GatewayOrder.None, await AnnounceAsync(draining: false));

        await cluster.Gateways.OrderAsync("g1", GatewayOrder.Drain, Ct);
        Assert.Equal(GatewayOrder.Drain, await AnnounceAsync(draining: false));
        Assert.Equal(GatewayOrder.Drain, await AnnounceAsync(draining: false));
        Assert.Equal(GatewayOrder.None, await AnnounceAsync(draining: true));
        Assert.Equal(GatewayOrder.None, await AnnounceAsync(draining: false));

        await cluster.Gateways.OrderAsync("g1", GatewayOrder.Undrain, Ct);
        Assert.Equal(GatewayOrder.Undrain, await AnnounceAsync(draining: true));
        await cluster.Gateways.OrderAsync("g1", GatewayOrder.None, Ct);
        Assert.Equal(GatewayOrder.None, await AnnounceAsync(draining: true));

        async Task<GatewayOrder> AnnounceAsync(bool draining) =>
            (await cluster.Gateways.AnnounceAsync(heartbeat with { Draining = draining }, [], Ct)).Order;
    }

    [Theory, MemberData(nameof(RedisServers.ClusterKinds), MemberType = typeof(RedisServers))]
    public async Task EmptiedRedis_IsFilledAgainByTheGatewaysWithoutAGenerationFalling(RedisKind kind)
    {
        // A server of its own: emptying it would disturb the others.
        await using var server = await RedisServer.StartAsync(kind);
        await using var cluster = await OnAsync(server);
        await using var other = await cluster.ReplicaAsync();
        var calls = Enumerable.Range(0, 120).Select(_ => NewId()).ToArray();
        foreach (var call in calls) await cluster.Due.TryClaimAsync(Ringing(call), "r1", TimeSpan.FromMinutes(1), Ct);
        foreach (var call in calls) await cluster.RegisterAsync(Connection(call, "before"));
        var connections = new List<VoiceBridge.Cluster.Connections.ConnectionRecord>();
        foreach (var call in calls) connections.Add(await cluster.RegisterAsync(Connection(call, "g1") with { Agent = "reception" }));

        await cluster.Database.ExecuteAsync("FLUSHALL");
        Assert.Empty(await cluster.Connections.ListAsync(Ct));
        // One call's socket moves before its gateway can say that it had it: the later one wins all the same.
        var moved = await other.RegisterAsync(Connection(calls[0], "g2"));
        var reply = await cluster.Gateways.AnnounceAsync(Heartbeat("g1", 200), connections, Ct);

        Assert.Equal([connections[0].ConnectionId], reply.SupersededConnections);
        Assert.Equal(connections[1..].Select(c => c.ConnectionId), reply.UnknownConnections);
        Assert.Empty((await cluster.Gateways.AnnounceAsync(Heartbeat("g1", 200), connections[1..], Ct)).UnknownConnections);
        Assert.True(moved.Generation > connections[0].Generation);
        Assert.Equal(
            connections[1..].Append(moved).OrderBy(c => c.ConnectionId, StringComparer.Ordinal),
            (await cluster.Connections.ListAsync(Ct)).OrderBy(c => c.ConnectionId, StringComparer.Ordinal));
        var live = await cluster.Calls.ListLiveAsync(Ct);
        Assert.Equal(calls.Order(StringComparer.Ordinal), live.Select(call => call.CallId).Order(StringComparer.Ordinal));
        Assert.All(live, call => Assert.Equal((CallState.Connected, MediaState.Open, "+14255550123"), (call.State, call.Media, call.From)));
        Assert.Equal(120, (await cluster.Admission.LoadAsync(Ct)).Active);
        Assert.Equal(2, (await cluster.Calls.GetAsync(calls[1], Ct))!.Generation);
        Assert.Equal(3, (await other.RegisterAsync(Connection(calls[1], "g2"))).Generation);
    }

    [Theory, MemberData(nameof(RedisServers.ClusterKinds), MemberType = typeof(RedisServers))]
    public async Task Heartbeat_RenewsWhatIsKnownAndWritesWhatIsNot(RedisKind kind)
    {
        await using var server = await RedisServer.StartAsync(kind);
        await using var cluster = await OnAsync(server);
        var calls = Enumerable.Range(0, 60).Select(_ => NewId()).ToArray();
        foreach (var call in calls) await cluster.Due.TryClaimAsync(Ringing(call), "r1", TimeSpan.FromMinutes(1), Ct);
        var connections = new List<VoiceBridge.Cluster.Connections.ConnectionRecord>();
        foreach (var call in calls) connections.Add(await cluster.RegisterAsync(Connection(call, "g1")));
        await cluster.Gateways.AnnounceAsync(Heartbeat("g1", 60), connections, Ct);
        var mine = cluster.Keys.GatewayCalls("g1");
        // As if they were about to lapse; one is not known, and of another the cluster believes that its media are lost.
        await cluster.Database.KeyExpireAsync(mine, TimeSpan.FromSeconds(3));
        await cluster.Database.HashDeleteAsync(mine, calls[7]);
        await cluster.Database.HashSetAsync(cluster.Keys.CallRecord(calls[58]), "media", 2);

        var reply = await cluster.Gateways.AnnounceAsync(Heartbeat("g1", 60), connections, Ct);

        Assert.Empty(reply.UnknownConnections);
        Assert.Empty(reply.SupersededConnections);
        Assert.InRange((await cluster.Database.KeyTimeToLiveAsync(mine))!.Value, TimeSpan.FromSeconds(4), TimeSpan.FromSeconds(15));
        Assert.Equal(60, (await cluster.Connections.ListAsync(Ct)).Count);
        Assert.All(await cluster.Calls.ListLiveAsync(Ct), call => Assert.Equal(MediaState.Open, call.Media));
        // What both know is renewed in one step, however many there are.
        await cluster.Database.HashSetAsync(cluster.Keys.CallRecord(calls[58]), "media", 2);
        await cluster.Gateways.AnnounceAsync(Heartbeat("g1", 60), connections, Ct);
        Assert.Equal(MediaState.Recovering, (await cluster.Calls.GetAsync(calls[58], Ct))!.Media);
    }

    [Theory, MemberData(nameof(RedisServers.ClusterKinds), MemberType = typeof(RedisServers))]
    public async Task Heartbeat_ThatAConnectionsEndOvertakesBringsNothingBack(RedisKind kind)
    {
        await using var cluster = await OnAsync(await servers.GetAsync(kind));
        foreach (var over in new[] { false, true })
        {
            var call = NewId();
            await cluster.Due.TryClaimAsync(Ringing(call), "r1", TimeSpan.FromMinutes(1), Ct);
            var connection = await cluster.RegisterAsync(Connection(call, "g1"));
            await cluster.Gateways.AnnounceAsync(Heartbeat("g1", 1), [connection], Ct);
            if (over) await cluster.Calls.AdvanceAsync(call, CallState.Ended, new CallChange { EndReason = "caller_hung_up" }, Ct);

            await cluster.Connections.UnregisterAsync(connection, "caller_hung_up", Ct);
            // It was put together while the connection was there.
            var reply = await cluster.Gateways.AnnounceAsync(Heartbeat("g1", 1), [connection], Ct);

            Assert.Empty(reply.UnknownConnections);
            Assert.Empty(await cluster.Connections.ListAsync(Ct));
            Assert.Equal(0, (await cluster.Admission.LoadAsync(Ct)).Active);
            Assert.NotEqual(MediaState.Open, (await cluster.Calls.GetAsync(call, Ct))!.Media);
        }
    }

    [Theory, MemberData(nameof(RedisServers.ClusterKinds), MemberType = typeof(RedisServers))]
    public async Task EveryKey_Ends(RedisKind kind)
    {
        await using var server = await RedisServer.StartAsync(kind);
        await using var cluster = await OnAsync(server);
        var id = NewId();
        await cluster.Gateways.AnnounceAsync(Heartbeat("g1", 5), [], Ct);
        await cluster.Gateways.OrderAsync("g1", GatewayOrder.Drain, Ct);
        await cluster.Due.TryClaimAsync(Ringing(id), "r1", TimeSpan.FromMinutes(1), Ct);
        for (var i = 0; i < 7; i++) await cluster.ReserveAsync($"c{i}", new(0, 0));
        var connection = await cluster.RegisterAsync(Connection(id));
        await cluster.Gateways.AnnounceAsync(Heartbeat("g1", 5), [connection], Ct);
        await cluster.Calls.AddEventAsync(id, new CallEvent(DateTimeOffset.UnixEpoch, "rang", ""), Ct);
        await cluster.Turns.AppendAsync(id, [new Turn(DateTimeOffset.UnixEpoch, "caller", "hello")], Ct);
        await cluster.Kept.AppendAsync(id, [new Turn(DateTimeOffset.UnixEpoch, "caller", "hello")], Ct);
        await cluster.Series.AddAsync(new Dictionary<string, long> { ["offered"] = 1 }, Ct);
        await cluster.Admission.AnnounceReplicaAsync("r1", Ct);
        await cluster.Connections.UnregisterAsync(connection, "gone", Ct);
        var ended = NewId();
        await cluster.Calls.AdvanceAsync(ended, CallState.Ended, CallChange.None, Ct);
        await cluster.Budget.TryTakeAsync("eu", 100, Ct);

        var keys = ((string[])(await cluster.Database.ExecuteAsync("KEYS", "*"))!).Order(StringComparer.Ordinal).ToList();

        Assert.All(keys, key => Assert.StartsWith($"{{vb-{cluster.Name}", key, StringComparison.Ordinal));
        Assert.Superset(
            new HashSet<string>(
            [
                "gateways", "gateway", "capacity", "endpoints", "orders", "replicas", "calls", "recent", "due", "owners", "reservations", "reservation", "waiting", "asking",
                "voicelive:eu", "timeline", "turns", "transcript",
            ]),
            keys.Select(key => key[(key.IndexOf('}', StringComparison.Ordinal) + 2)..]).ToHashSet());
        foreach (var key in keys) Assert.NotNull(await cluster.Database.KeyTimeToLiveAsync(key));
    }
}
