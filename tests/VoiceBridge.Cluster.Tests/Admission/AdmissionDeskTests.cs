using VoiceBridge.Cluster.Admission;
using VoiceBridge.Cluster.Gateways;
using VoiceBridge.Testing;
using static VoiceBridge.Cluster.Tests.TestCluster;

namespace VoiceBridge.Cluster.Tests.Admission;

public sealed class AdmissionDeskTests(RedisServers servers)
{
    private static readonly AdmissionPolicy NoReserve = new(0, 0);

    [Theory, MemberData(nameof(RedisServers.Kinds), MemberType = typeof(RedisServers))]
    public async Task Racing_ReservationsNeverExceedTheLimit(RedisKind kind)
    {
        await using var cluster = await OnAsync(await servers.GetAsync(kind));
        await using var second = await cluster.ReplicaAsync();
        await using var third = await cluster.ReplicaAsync();
        await cluster.Gateways.AnnounceAsync(Heartbeat("g1", 60), [], Ct);
        await cluster.Gateways.AnnounceAsync(Heartbeat("g2", 40), [], Ct);

        var outcomes = await EverywhereAsync([cluster, second, third], 200, async (replica, i) =>
        {
            var call = $"call{i}";
            var outcome = await replica.Desk.TryReserveAsync(call, NoReserve, Ct);
            // Half of them become connections meanwhile: in no moment may both count, or neither.
            if (outcome.Admitted && i % 2 == 0) await replica.Connections.RegisterAsync(Connection(call, i % 4 == 0 ? "g1" : "g2"), Ct);
            return outcome;
        });

        Assert.Equal(100, outcomes.Count(outcome => outcome.Admitted));
        Assert.All(outcomes.Where(outcome => !outcome.Admitted), outcome => Assert.Equal(AdmissionWait.Capacity, outcome.Why));
        var load = await cluster.Desk.LoadAsync(Ct);
        Assert.Equal((100, 100, 100), (load.Active + load.Reserved, load.Waiting, load.Capacity));
        Assert.Equal(2.0, load.Utilization);
    }

    [Theory, MemberData(nameof(RedisServers.Kinds), MemberType = typeof(RedisServers))]
    public async Task ThreeHundredCalls_ForAHundredSlotsAreServedInOrderAndNeverMore(RedisKind kind)
    {
        await using var cluster = await OnAsync(await servers.GetAsync(kind));
        await using var second = await cluster.ReplicaAsync();
        TestCluster[] replicas = [cluster, second];
        await cluster.Gateways.AnnounceAsync(Heartbeat("g1", 100), [], Ct);
        var calls = Enumerable.Range(0, 300).Select(i => $"call{i:000}").ToArray();
        // They come one after the other, at alternating replicas.
        for (var i = 0; i < calls.Length; i++)
            Assert.Equal(i < 100, (await replicas[i % 2].Desk.TryReserveAsync(calls[i], NoReserve, Ct)).Admitted);

        // Twenty leave: whoever asks and in whatever order, the first twenty of the queue get in.
        foreach (var call in calls[..20]) await cluster.Desk.CancelAsync(call, Ct);
        await cluster.Gateways.AnnounceAsync(Heartbeat("g1", 100), [], Ct);
        var waiting = calls[100..];
        var outcomes = await EverywhereAsync(replicas, waiting.Length, (replica, i) => replica.Desk.TryReserveAsync(waiting[^(i + 1)], NoReserve, Ct));
        Array.Reverse(outcomes);

        Assert.Equal(Enumerable.Range(0, 20), outcomes.Index().Where(entry => entry.Item.Admitted).Select(entry => entry.Index));
        var load = await cluster.Desk.LoadAsync(Ct);
        Assert.Equal((100, 180), (load.Reserved, load.Waiting));
        foreach (var call in calls) await cluster.Desk.CancelAsync(call, Ct);
        load = await cluster.Desk.LoadAsync(Ct);
        Assert.Equal((0, 0, 0), (load.Active, load.Reserved, load.Waiting));
        Assert.Empty(await cluster.Budget.TakenAsync(Ct));
    }

    [Theory, MemberData(nameof(RedisServers.Kinds), MemberType = typeof(RedisServers))]
    public async Task Call_ThatAsksNoMoreIsPassedOverButKeepsItsPlace(RedisKind kind)
    {
        await using var cluster = await OnAsync(await servers.GetAsync(kind));
        await cluster.Gateways.AnnounceAsync(Heartbeat("g1", 1), [], Ct);
        await cluster.Desk.TryReserveAsync("first", NoReserve, Ct);
        Assert.Equal(new AdmissionOutcome(false, null, AdmissionWait.Capacity, 1), await cluster.Desk.TryReserveAsync("silent", NoReserve, Ct));
        Assert.Equal(new AdmissionOutcome(false, null, AdmissionWait.Capacity, 2), await cluster.Desk.TryReserveAsync("asks", NoReserve, Ct));

        await cluster.Desk.CancelAsync("first", Ct);
        Assert.Equal(new AdmissionOutcome(false, null, AdmissionWait.Queue, 2), await cluster.Desk.TryReserveAsync("asks", NoReserve, Ct));
        // As if it had not asked for some time.
        await cluster.Database.SortedSetIncrementAsync(cluster.Keys.Asking, "silent", -3_500);
        Assert.True((await cluster.Desk.TryReserveAsync("asks", NoReserve, Ct)).Admitted);
        Assert.Equal(1, (await cluster.Desk.TryReserveAsync("silent", NoReserve, Ct)).Position);
    }

    [Theory, MemberData(nameof(RedisServers.Kinds), MemberType = typeof(RedisServers))]
    public async Task AFullGatewayThatRedisHasForgotten_IsAtNoMomentSeenEmpty(RedisKind kind)
    {
        for (var round = 0; round < 30; round++)
        {
            await using var cluster = await OnAsync(await servers.GetAsync(kind));
            await using var replica = await cluster.ReplicaAsync();
            var mine = Enumerable.Range(0, 5).Select(i => Connection($"call{i}", "g1") with { Generation = 7 }).ToArray();

            var announced = cluster.Gateways.AnnounceAsync(Heartbeat("g1", 5), mine, Ct);
            do
            {
                Assert.False((await replica.Desk.TryReserveAsync("another", NoReserve, Ct)).Admitted);
            }
            while (!announced.IsCompleted);

            Assert.Equal(mine.Select(connection => connection.ConnectionId).Order(), (await announced).UnknownConnections.Order());
        }
    }

    [Theory, MemberData(nameof(RedisServers.Kinds), MemberType = typeof(RedisServers))]
    public async Task GatewaysThatRedisHasForgotten_AreAllBackBeforeACallIsLetIn(RedisKind kind)
    {
        // A server of its own: emptying it would disturb the others.
        await using var server = await RedisServer.StartAsync(kind);
        await using var cluster = await OnAsync(server);
        await using var second = await cluster.ReplicaAsync();
        var tenth = new AdmissionPolicy(0.1, 0);
        var few = Enumerable.Range(0, 17).Select(i => Connection($"few{i}", "g1") with { Generation = 7 }).ToArray();
        var many = Enumerable.Range(0, 19).Select(i => Connection($"many{i}", "g2") with { Generation = 7 }).ToArray();
        await cluster.Gateways.AnnounceAsync(Heartbeat("g1", 20), few, Ct);
        await second.Gateways.AnnounceAsync(Heartbeat("g2", 20), many, Ct);
        Assert.Equal(AdmissionWait.Capacity, (await cluster.Desk.TryReserveAsync("another", tenth, Ct)).Why);

        await cluster.Database.ExecuteAsync("FLUSHALL");
        // One that has just been started may be faster than those who were here before.
        await cluster.Gateways.AnnounceAsync(Heartbeat("new", 1), [], Ct);
        // Alone, the first one back has room for one more. The cluster, of whose slots a tenth stays free, has none.
        await cluster.Gateways.AnnounceAsync(Heartbeat("g1", 20), few, Ct);
        Assert.Equal(new AdmissionOutcome(false, null, AdmissionWait.Settling, 1), await cluster.Desk.TryReserveAsync("another", tenth, Ct));
        Assert.Equal(new ClusterLoad(17, 0, 1, 21, Settling: true), await cluster.Desk.LoadAsync(Ct));
        await second.Gateways.AnnounceAsync(Heartbeat("g2", 20), many, Ct);
        Assert.Equal(AdmissionWait.Settling, (await cluster.Desk.TryReserveAsync("another", tenth, Ct)).Why);

        Assert.InRange((await cluster.Database.KeyTimeToLiveAsync(cluster.Keys.Settling))!.Value, TimeSpan.FromSeconds(1), GatewayRegistry.DeadAfter);
        await cluster.Database.KeyDeleteAsync(cluster.Keys.Settling);
        Assert.Equal(AdmissionWait.Capacity, (await cluster.Desk.TryReserveAsync("another", tenth, Ct)).Why);
        Assert.Equal(new ClusterLoad(36, 0, 1, 41), await cluster.Desk.LoadAsync(Ct));
    }

    [Theory, MemberData(nameof(RedisServers.Kinds), MemberType = typeof(RedisServers))]
    public async Task GatewayThatWasAwayForItself_HoldsNobodyUp(RedisKind kind)
    {
        await using var cluster = await OnAsync(await servers.GetAsync(kind));
        await cluster.Gateways.AnnounceAsync(Heartbeat("away", 20), [], Ct);
        await cluster.Gateways.AnnounceAsync(Heartbeat("here", 20), [], Ct);
        // As if that were a while ago.
        await cluster.Database.SortedSetRemoveAsync(cluster.Keys.Gateways, "away");
        await cluster.Database.StringDecrementAsync(cluster.Keys.Since, 5_000);

        await cluster.Gateways.AnnounceAsync(Heartbeat("away", 20), [], Ct);

        Assert.True((await cluster.Desk.TryReserveAsync("first", NoReserve, Ct)).Admitted);
    }

    [Theory, MemberData(nameof(RedisServers.Kinds), MemberType = typeof(RedisServers))]
    public async Task GatewaysThatRedisNeverKnew_TakeCallsAtOnce(RedisKind kind)
    {
        await using var cluster = await OnAsync(await servers.GetAsync(kind));

        await cluster.Gateways.AnnounceAsync(Heartbeat("g1", 20), [], Ct);

        Assert.True((await cluster.Desk.TryReserveAsync("first", NoReserve, Ct)).Admitted);
    }

    [Theory, MemberData(nameof(RedisServers.Kinds), MemberType = typeof(RedisServers))]
    public async Task AskingAgain_ChangesNothing(RedisKind kind)
    {
        await using var cluster = await OnAsync(await servers.GetAsync(kind));
        await cluster.Gateways.AnnounceAsync(Heartbeat("g1", 10), [], Ct);

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => cluster.Desk.TryReserveAsync("call", NoReserve, Ct)));

        Assert.Equal(new AdmissionOutcome(true, "eu", AdmissionWait.None, 0), Assert.Single(outcomes.Distinct()));
        Assert.Equal(1, (await cluster.Desk.LoadAsync(Ct)).Reserved);
        Assert.Single((await cluster.Budget.TakenAsync(Ct))["eu"]);
        Assert.Equal("eu", (await cluster.Connections.RegisterAsync(Connection("call"), Ct)).VoiceLiveEndpoint);
        Assert.True((await cluster.Desk.TryReserveAsync("call", NoReserve, Ct)).Admitted);
        Assert.Equal(new ClusterLoad(1, 0, 0, 10), await cluster.Desk.LoadAsync(Ct));
    }

    [Theory, MemberData(nameof(RedisServers.Kinds), MemberType = typeof(RedisServers))]
    public async Task Reservation_ThatIsNotUsedLapses(RedisKind kind)
    {
        await using var cluster = await OnAsync(await servers.GetAsync(kind));
        await cluster.Gateways.AnnounceAsync(Heartbeat("g1", 1), [], Ct);
        Assert.True((await cluster.Desk.TryReserveAsync("lost", NoReserve, Ct)).Admitted);

        await cluster.Database.SortedSetIncrementAsync(cluster.Keys.Reservations, "lost", -30_000);

        Assert.Equal(0, (await cluster.Desk.LoadAsync(Ct)).Reserved);
        Assert.True((await cluster.Desk.TryReserveAsync("next", NoReserve, Ct)).Admitted);
    }

    [Theory, MemberData(nameof(RedisServers.Kinds), MemberType = typeof(RedisServers))]
    public async Task Capacity_IsThatOfLivingGatewaysThatTakeCalls(RedisKind kind)
    {
        await using var cluster = await OnAsync(await servers.GetAsync(kind));
        Assert.Equal(AdmissionWait.NoGateway, (await cluster.Desk.TryReserveAsync("a", NoReserve, Ct)).Why);
        await cluster.Gateways.AnnounceAsync(Heartbeat("draining", 50) with { Draining = true }, [], Ct);
        await cluster.Gateways.AnnounceAsync(Heartbeat("dead", 50), [], Ct);
        await cluster.Database.SortedSetIncrementAsync(cluster.Keys.Gateways, "dead", -5_500);
        Assert.Equal(AdmissionWait.NoGateway, (await cluster.Desk.TryReserveAsync("a", NoReserve, Ct)).Why);

        await cluster.Gateways.AnnounceAsync(Heartbeat("alive", 7), [], Ct);

        Assert.Equal(7, (await cluster.Desk.LoadAsync(Ct)).Capacity);
        Assert.True((await cluster.Desk.TryReserveAsync("a", NoReserve, Ct)).Admitted);
        await cluster.Gateways.LeaveAsync("alive", Ct);
        Assert.Equal(0, (await cluster.Desk.LoadAsync(Ct)).Capacity);
    }

    [Theory]
    [InlineData(100, 0.1, 90)]
    [InlineData(10, 0.3, 7)]
    [InlineData(1, 0.5, 1)]
    [InlineData(3, 0.1, 2)]
    public async Task Headroom_IsLeftFreeButNeverAll(int capacity, double headroom, int admitted)
    {
        await using var cluster = await OnAsync(await servers.GetAsync(RedisKind.Garnet));
        await cluster.Gateways.AnnounceAsync(Heartbeat("g1", capacity), [], Ct);

        var outcomes = await Task.WhenAll(Enumerable.Range(0, capacity + 1).Select(i => cluster.Desk.TryReserveAsync($"c{i}", new(headroom, 0), Ct)));

        Assert.Equal(admitted, outcomes.Count(outcome => outcome.Admitted));
    }

    [Theory, MemberData(nameof(RedisServers.Kinds), MemberType = typeof(RedisServers))]
    public async Task Budget_OfTheEndpointsIsSharedOutAndItsReserveKept(RedisKind kind)
    {
        await using var cluster = await OnAsync(await servers.GetAsync(kind));
        await using var second = await cluster.ReplicaAsync();
        var policy = new AdmissionPolicy(0, 0.3);
        VoiceLiveEndpointStatus[] endpoints = [new("a", 30, true), new("b", 10, true), new("sick", 500, false)];
        await cluster.Gateways.AnnounceAsync(Heartbeat("g1", 100, endpoints), [], Ct);

        var outcomes = await EverywhereAsync([cluster, second], 50, (replica, i) => replica.Desk.TryReserveAsync($"call{i}", policy, Ct));

        // 70 % of 30 and of 10
        Assert.Equal((21, 7), (outcomes.Count(o => o.VoiceLiveEndpoint == "a"), outcomes.Count(o => o.VoiceLiveEndpoint == "b")));
        Assert.All(outcomes.Where(o => !o.Admitted), o => Assert.Equal(AdmissionWait.VoiceLive, o.Why));
        var taken = await EverywhereAsync([cluster, second], 20, (replica, _) => replica.Budget.TryTakeAsync("a", 30, Ct));
        Assert.Equal(9, taken.Count(t => t));
        Assert.Equal(new Dictionary<string, int> { ["a"] = 30, ["b"] = 7 }, (await cluster.Budget.TakenAsync(Ct)).ToDictionary(endpoint => endpoint.Key, endpoint => endpoint.Value.Count));

        // A minute later: all of it is there again.
        foreach (var entry in await cluster.Database.SortedSetRangeByRankAsync(cluster.Keys.VoiceLive))
            await cluster.Database.SortedSetIncrementAsync(cluster.Keys.VoiceLive, entry, -60_000);
        Assert.Empty(await cluster.Budget.TakenAsync(Ct));
        Assert.True(await cluster.Budget.TryTakeAsync("a", 30, Ct));
    }

    [Theory, MemberData(nameof(RedisServers.Kinds), MemberType = typeof(RedisServers))]
    public async Task Taken_NamesTheTimesTheOldestFirst(RedisKind kind)
    {
        await using var cluster = await OnAsync(await servers.GetAsync(kind));
        for (var i = 0; i < 3; i++) Assert.True(await cluster.Budget.TryTakeAsync("a/1", 30, Ct));
        var oldest = (await cluster.Database.SortedSetRangeByRankAsync(cluster.Keys.VoiceLive))[1];
        await cluster.Database.SortedSetIncrementAsync(cluster.Keys.VoiceLive, oldest, -30_000);

        var (endpoint, times) = Assert.Single(await cluster.Budget.TakenAsync(Ct));

        Assert.Equal("a/1", endpoint);
        Assert.Equal(3, times.Count);
        Assert.Equal(times.Order(), times);
        Assert.InRange(times[1] - times[0], TimeSpan.FromSeconds(29), TimeSpan.FromSeconds(60));
    }

    [Theory, MemberData(nameof(RedisServers.Kinds), MemberType = typeof(RedisServers))]
    public async Task Call_GoesToTheEndpointWithTheMostLeft(RedisKind kind)
    {
        await using var cluster = await OnAsync(await servers.GetAsync(kind));
        await cluster.Gateways.AnnounceAsync(Heartbeat("g1", 100, new("a", 3, true), new("b/2", 5, true)), [], Ct);

        var endpoints = new List<string?>();
        for (var i = 0; i < 8; i++) endpoints.Add((await cluster.Desk.TryReserveAsync($"c{i}", NoReserve, Ct)).VoiceLiveEndpoint);

        Assert.Equal(["b/2", "b/2", "a", "b/2", "a", "b/2", "a", "b/2"], endpoints);
    }
}
