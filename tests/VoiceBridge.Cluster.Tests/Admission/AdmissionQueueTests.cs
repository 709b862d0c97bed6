using VoiceBridge.Cluster.Admission;
using VoiceBridge.Cluster.Gateways;
using VoiceBridge.Testing;
using static VoiceBridge.Cluster.Tests.TestCluster;

namespace VoiceBridge.Cluster.Tests.Admission;

public sealed class AdmissionQueueTests(RedisServers servers)
{
    private static readonly AdmissionPolicy NoReserve = new(0, 0);

    [Theory, MemberData(nameof(RedisServers.ClusterKinds), MemberType = typeof(RedisServers))]
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
            var outcome = await replica.ReserveAsync(call, NoReserve);
            // Half of them become connections meanwhile: in no moment may both count, or neither.
            if (outcome.Admitted && i % 2 == 0) await replica.Connections.RegisterAsync(Connection(call, i % 4 == 0 ? "g1" : "g2"), Ct);
            return outcome;
        });

        Assert.Equal(100, outcomes.Count(outcome => outcome.Admitted));
        Assert.All(outcomes.Where(outcome => !outcome.Admitted), outcome => Assert.Equal(AdmissionWait.Capacity, outcome.Why));
        var load = await cluster.Admission.LoadAsync(Ct);
        Assert.Equal((100, 100, 100), (load.Active + load.Reserved, load.Waiting, load.Capacity));
        Assert.Equal(2.0, load.Utilization);
    }

    [Theory, MemberData(nameof(RedisServers.ClusterKinds), MemberType = typeof(RedisServers))]
    public async Task ThreeHundredCalls_ForAHundredSlotsAreServedInOrderAndNeverMore(RedisKind kind)
    {
        await using var cluster = await OnAsync(await servers.GetAsync(kind));
        await using var second = await cluster.ReplicaAsync();
        TestCluster[] replicas = [cluster, second];
        await cluster.Gateways.AnnounceAsync(Heartbeat("g1", 100), [], Ct);
        var calls = Enumerable.Range(0, 300).Select(i => $"call{i:000}").ToArray();
        // They come one after the other, at alternating replicas.
        for (var i = 0; i < calls.Length; i++)
            Assert.Equal(i < 100, (await replicas[i % 2].ReserveAsync(calls[i], NoReserve)).Admitted);

        // Twenty leave: whoever asks and in whatever order, the first twenty of the queue get in.
        foreach (var call in calls[..20]) await cluster.Admission.CancelAsync(call, Ct);
        await cluster.Gateways.AnnounceAsync(Heartbeat("g1", 100), [], Ct);
        var waiting = calls[100..];
        var outcomes = await EverywhereAsync(replicas, waiting.Length, (replica, i) => replica.ReserveAsync(waiting[^(i + 1)], NoReserve));
        Array.Reverse(outcomes);

        Assert.Equal(Enumerable.Range(0, 20), outcomes.Index().Where(entry => entry.Item.Admitted).Select(entry => entry.Index));
        var load = await cluster.Admission.LoadAsync(Ct);
        Assert.Equal((100, 180), (load.Reserved, load.Waiting));
        foreach (var call in calls) await cluster.Admission.CancelAsync(call, Ct);
        load = await cluster.Admission.LoadAsync(Ct);
        Assert.Equal((0, 0, 0), (load.Active, load.Reserved, load.Waiting));
        Assert.Empty(await cluster.Budget.TakenAsync(["a", "b", "eu", "a/1"], Ct));
    }

    [Theory, MemberData(nameof(RedisServers.ClusterKinds), MemberType = typeof(RedisServers))]
    public async Task Call_ThatAsksNoMoreIsPassedOverButKeepsItsPlace(RedisKind kind)
    {
        await using var cluster = await OnAsync(await servers.GetAsync(kind));
        await cluster.Gateways.AnnounceAsync(Heartbeat("g1", 1), [], Ct);
        await cluster.ReserveAsync("first", NoReserve);
        Assert.Equal(new AdmissionOutcome(false, null, AdmissionWait.Capacity), await cluster.ReserveAsync("silent", NoReserve));
        Assert.Equal(new AdmissionOutcome(false, null, AdmissionWait.Capacity), await cluster.ReserveAsync("asks", NoReserve));

        // As if its replica had not asked for some time.
        await cluster.Database.SortedSetIncrementAsync(cluster.Keys.Replicas, "replica of silent", -3_500);
        await cluster.Admission.CancelAsync("first", Ct);
        Assert.True((await cluster.ReserveAsync("asks", NoReserve)).Admitted);
        await cluster.Admission.CancelAsync("asks", Ct);
        Assert.True((await cluster.ReserveAsync("silent", NoReserve)).Admitted);
    }

    [Theory, MemberData(nameof(RedisServers.ClusterKinds), MemberType = typeof(RedisServers))]
    public async Task FreeSlot_GoesToTheFirstWhoseverReplicaAsks(RedisKind kind)
    {
        await using var cluster = await OnAsync(await servers.GetAsync(kind));
        await using var other = await cluster.ReplicaAsync();
        await cluster.Gateways.AnnounceAsync(Heartbeat("g1", 1), [], Ct);
        Assert.True((await cluster.ReserveAsync("talks", NoReserve)).Admitted);
        Assert.False((await cluster.ReserveAsync("first", NoReserve, "one")).Admitted);
        var admitted = new TaskCompletionSource();
        await using var listening = await cluster.Events.SubscribeAsync(
            change =>
            {
                if (change.Kind == AdmissionQueue.AdmittedEvent) admitted.TrySetResult();
            },
            Ct);

        await cluster.Admission.CancelAsync("talks", Ct);
        Assert.Equal([AdmissionWait.Queue], (await other.Admission.AskAsync("two", ["second"], NoReserve, Ct)).Select(outcome => outcome.Why));

        await admitted.Task.WaitAsync(TimeSpan.FromSeconds(30), Ct);
        Assert.Equal(["eu", null], (await cluster.Admission.AskAsync("one", ["first", "third"], NoReserve, Ct)).Select(outcome => outcome.VoiceLiveEndpoint));
    }

    [Theory, MemberData(nameof(RedisServers.ClusterKinds), MemberType = typeof(RedisServers))]
    public async Task Replica_AsksForAllOfItsCallsInOneStepInTheirOrder(RedisKind kind)
    {
        await using var cluster = await OnAsync(await servers.GetAsync(kind));
        await cluster.Gateways.AnnounceAsync(Heartbeat("g1", 150), [], Ct);

        var outcomes = await cluster.Admission.AskAsync("one", [.. Enumerable.Range(0, 400).Select(i => $"call{i}")], NoReserve, Ct);

        Assert.Equal(Enumerable.Range(0, 400).Select(i => i < 150), outcomes.Select(outcome => outcome.Admitted));
    }

    [Theory, MemberData(nameof(RedisServers.ClusterKinds), MemberType = typeof(RedisServers))]
    public async Task Heartbeat_OfAnotherVersion_StopsNobody(RedisKind kind)
    {
        await using var cluster = await OnAsync(await servers.GetAsync(kind));
        await cluster.Gateways.AnnounceAsync(Heartbeat("g1", 5), [], Ct);
        await cluster.Gateways.AnnounceAsync(Heartbeat("odd", 7), [], Ct);
        await cluster.Database.HashSetAsync(cluster.Keys.GatewayDetails, "odd", "no JSON");
        await cluster.Database.HashSetAsync(cluster.Keys.GatewayCapacities, "odd", "many");
        await cluster.Database.HashSetAsync(cluster.Keys.GatewayEndpoints, "odd", "what is this");

        Assert.True((await cluster.ReserveAsync("a", NoReserve)).Admitted);
        Assert.Equal(5, (await cluster.Admission.LoadAsync(Ct)).Capacity);
    }

    [Theory, MemberData(nameof(RedisServers.ClusterKinds), MemberType = typeof(RedisServers))]
    public async Task Replicas_AreCounted(RedisKind kind)
    {
        await using var cluster = await OnAsync(await servers.GetAsync(kind));
        await using var other = await cluster.ReplicaAsync();
        await cluster.Admission.AnnounceReplicaAsync("one", Ct);

        Assert.Equal(2, (await other.Admission.AnnounceReplicaAsync("two", Ct)).Replicas);
        await cluster.Database.SortedSetIncrementAsync(cluster.Keys.Replicas, "one", -5_500);
        Assert.Equal(1, (await other.Admission.AnnounceReplicaAsync("two", Ct)).Replicas);
    }

    [Theory, MemberData(nameof(RedisServers.ClusterKinds), MemberType = typeof(RedisServers))]
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
                Assert.False((await replica.ReserveAsync("another", NoReserve)).Admitted);
            }
            while (!announced.IsCompleted);

            Assert.Equal(mine.Select(connection => connection.ConnectionId).Order(), (await announced).UnknownConnections.Order());
        }
    }

    [Theory, MemberData(nameof(RedisServers.ClusterKinds), MemberType = typeof(RedisServers))]
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
        Assert.Equal(AdmissionWait.Capacity, (await cluster.ReserveAsync("another", tenth)).Why);

        await cluster.Database.ExecuteAsync("FLUSHALL");
        // One that has just been started may be faster than those who were here before.
        await cluster.Gateways.AnnounceAsync(Heartbeat("new", 1), [], Ct);
        // Alone, the first one back has room for one more. The cluster, of whose slots a tenth stays free, has none.
        await cluster.Gateways.AnnounceAsync(Heartbeat("g1", 20), few, Ct);
        Assert.Equal(new AdmissionOutcome(false, null, AdmissionWait.Settling), await cluster.ReserveAsync("another", tenth));
        Assert.Equal(new ClusterLoad(17, 0, 1, 21, Settling: true), await cluster.Admission.LoadAsync(Ct));
        await second.Gateways.AnnounceAsync(Heartbeat("g2", 20), many, Ct);
        Assert.Equal(AdmissionWait.Settling, (await cluster.ReserveAsync("another", tenth)).Why);

        Assert.InRange((await cluster.Database.KeyTimeToLiveAsync(cluster.Keys.Settling))!.Value, TimeSpan.FromSeconds(1), GatewayRegistry.DeadAfter);
        await cluster.Database.KeyDeleteAsync(cluster.Keys.Settling);
        Assert.Equal(AdmissionWait.Capacity, (await cluster.ReserveAsync("another", tenth)).Why);
        Assert.Equal(new ClusterLoad(36, 0, 1, 41), await cluster.Admission.LoadAsync(Ct));
    }

    [Theory, MemberData(nameof(RedisServers.ClusterKinds), MemberType = typeof(RedisServers))]
    public async Task GatewayThatWasAwayForItself_HoldsNobodyUp(RedisKind kind)
    {
        await using var cluster = await OnAsync(await servers.GetAsync(kind));
        await cluster.Gateways.AnnounceAsync(Heartbeat("away", 20), [], Ct);
        await cluster.Gateways.AnnounceAsync(Heartbeat("here", 20), [], Ct);
        // As if that were a while ago.
        await cluster.Database.SortedSetRemoveAsync(cluster.Keys.GatewayHeartbeats, "away");
        await cluster.Database.StringDecrementAsync(cluster.Keys.Since, 5_000);

        await cluster.Gateways.AnnounceAsync(Heartbeat("away", 20), [], Ct);

        Assert.True((await cluster.ReserveAsync("first", NoReserve)).Admitted);
    }

    [Theory, MemberData(nameof(RedisServers.ClusterKinds), MemberType = typeof(RedisServers))]
    public async Task GatewaysThatRedisNeverKnew_TakeCallsAtOnce(RedisKind kind)
    {
        await using var cluster = await OnAsync(await servers.GetAsync(kind));

        await cluster.Gateways.AnnounceAsync(Heartbeat("g1", 20), [], Ct);

        Assert.True((await cluster.ReserveAsync("first", NoReserve)).Admitted);
    }

    [Theory, MemberData(nameof(RedisServers.ClusterKinds), MemberType = typeof(RedisServers))]
    public async Task AskingAgain_ChangesNothing(RedisKind kind)
    {
        await using var cluster = await OnAsync(await servers.GetAsync(kind));
        await cluster.Gateways.AnnounceAsync(Heartbeat("g1", 10), [], Ct);

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => cluster.ReserveAsync("call", NoReserve)));

        Assert.Equal(new AdmissionOutcome(true, "eu", AdmissionWait.None), Assert.Single(outcomes.Distinct()));
        Assert.Equal(1, (await cluster.Admission.LoadAsync(Ct)).Reserved);
        Assert.Single((await cluster.Budget.TakenAsync(["a", "b", "eu", "a/1"], Ct))["eu"]);
        Assert.Equal("eu", (await cluster.Connections.RegisterAsync(Connection("call"), Ct)).VoiceLiveEndpoint);
        Assert.Equal(new ClusterLoad(1, 0, 0, 10), await cluster.Admission.LoadAsync(Ct));
    }

    [Theory, MemberData(nameof(RedisServers.ClusterKinds), MemberType = typeof(RedisServers))]
    public async Task Reservation_ThatIsNotUsedLapses(RedisKind kind)
    {
        await using var cluster = await OnAsync(await servers.GetAsync(kind));
        await cluster.Gateways.AnnounceAsync(Heartbeat("g1", 1), [], Ct);
        Assert.True((await cluster.ReserveAsync("lost", NoReserve)).Admitted);

        await cluster.Database.SortedSetIncrementAsync(cluster.Keys.ReservationLeases, "lost", -30_000);

        Assert.Equal(0, (await cluster.Admission.LoadAsync(Ct)).Reserved);
        Assert.True((await cluster.ReserveAsync("next", NoReserve)).Admitted);
    }

    [Theory, MemberData(nameof(RedisServers.ClusterKinds), MemberType = typeof(RedisServers))]
    public async Task Capacity_IsThatOfLivingGatewaysThatTakeCalls(RedisKind kind)
    {
        await using var cluster = await OnAsync(await servers.GetAsync(kind));
        Assert.Equal(AdmissionWait.NoGateway, (await cluster.ReserveAsync("a", NoReserve)).Why);
        await cluster.Gateways.AnnounceAsync(Heartbeat("draining", 50) with { Draining = true }, [], Ct);
        await cluster.Gateways.AnnounceAsync(Heartbeat("dead", 50), [], Ct);
        await cluster.Database.SortedSetIncrementAsync(cluster.Keys.GatewayHeartbeats, "dead", -5_500);
        Assert.Equal(AdmissionWait.NoGateway, (await cluster.ReserveAsync("a", NoReserve)).Why);

        await cluster.Gateways.AnnounceAsync(Heartbeat("alive", 7), [], Ct);

        Assert.Equal(7, (await cluster.Admission.LoadAsync(Ct)).Capacity);
        Assert.True((await cluster.ReserveAsync("a", NoReserve)).Admitted);
        await cluster.Gateways.LeaveAsync("alive", Ct);
        Assert.Equal(0, (await cluster.Admission.LoadAsync(Ct)).Capacity);
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

        var outcomes = await Task.WhenAll(Enumerable.Range(0, capacity + 1).Select(i => cluster.ReserveAsync($"c{i}", new(headroom, 0))));

        Assert.Equal(admitted, outcomes.Count(outcome => outcome.Admitted));
    }

    [Theory, MemberData(nameof(RedisServers.ClusterKinds), MemberType = typeof(RedisServers))]
    public async Task Budget_OfTheEndpointsIsSharedOutAndItsReserveKept(RedisKind kind)
    {
        await using var cluster = await OnAsync(await servers.GetAsync(kind));
        await using var second = await cluster.ReplicaAsync();
        var policy = new AdmissionPolicy(0, 0.3);
        VoiceLiveEndpointStatus[] endpoints = [new("a", 30, true), new("b", 10, true), new("sick", 500, false)];
        await cluster.Gateways.AnnounceAsync(Heartbeat("g1", 100, endpoints), [], Ct);

        var outcomes = await EverywhereAsync([cluster, second], 50, (replica, i) => replica.ReserveAsync($"call{i}", policy));

        // 70 % of 30 and of 10
        Assert.Equal((21, 7), (outcomes.Count(o => o.VoiceLiveEndpoint == "a"), outcomes.Count(o => o.VoiceLiveEndpoint == "b")));
        Assert.All(outcomes.Where(o => !o.Admitted), o => Assert.Equal(AdmissionWait.VoiceLive, o.Why));
        var taken = await EverywhereAsync([cluster, second], 20, (replica, _) => replica.Budget.TryTakeAsync("a", 30, Ct));
        Assert.Equal(9, taken.Count(t => t));
        Assert.Equal(new Dictionary<string, int> { ["a"] = 30, ["b"] = 7 }, (await cluster.Budget.TakenAsync(["a", "b", "eu", "a/1"], Ct)).ToDictionary(endpoint => endpoint.Key, endpoint => endpoint.Value.Count));

        // A minute later: all of it is there again.
        foreach (var name in (string[])["a", "b"])
        {
            foreach (var entry in await cluster.Database.SortedSetRangeByRankAsync(cluster.Keys.VoiceLive(name)))
                await cluster.Database.SortedSetIncrementAsync(cluster.Keys.VoiceLive(name), entry, -60_000);
        }

        Assert.Empty(await cluster.Budget.TakenAsync(["a", "b", "eu", "a/1"], Ct));
        Assert.True(await cluster.Budget.TryTakeAsync("a", 30, Ct));
    }

    [Theory, MemberData(nameof(RedisServers.ClusterKinds), MemberType = typeof(RedisServers))]
    public async Task Taken_NamesTheTimesTheOldestFirst(RedisKind kind)
    {
        await using var cluster = await OnAsync(await servers.GetAsync(kind));
        for (var i = 0; i < 3; i++) Assert.True(await cluster.Budget.TryTakeAsync("a/1", 30, Ct));
        var oldest = (await cluster.Database.SortedSetRangeByRankAsync(cluster.Keys.VoiceLive("a/1")))[1];
        await cluster.Database.SortedSetIncrementAsync(cluster.Keys.VoiceLive("a/1"), oldest, -30_000);

        var (endpoint, times) = Assert.Single(await cluster.Budget.TakenAsync(["a", "b", "eu", "a/1"], Ct));

        Assert.Equal("a/1", endpoint);
        Assert.Equal(3, times.Count);
        Assert.Equal(times.Order(), times);
        Assert.InRange(times[1] - times[0], TimeSpan.FromSeconds(29), TimeSpan.FromSeconds(60));
    }

    [Theory, MemberData(nameof(RedisServers.ClusterKinds), MemberType = typeof(RedisServers))]
    public async Task Call_GoesToTheEndpointWithTheMostLeft(RedisKind kind)
    {
        await using var cluster = await OnAsync(await servers.GetAsync(kind));
        await cluster.Gateways.AnnounceAsync(Heartbeat("g1", 100, new("a", 3, true), new("b/2", 5, true)), [], Ct);

        var endpoints = new List<string?>();
        for (var i = 0; i < 8; i++) endpoints.Add((await cluster.ReserveAsync($"c{i}", NoReserve)).VoiceLiveEndpoint);

        Assert.Equal(["b/2", "b/2", "a", "b/2", "a", "b/2", "a", "b/2"], endpoints);
    }
}
