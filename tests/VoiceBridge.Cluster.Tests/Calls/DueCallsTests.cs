using StackExchange.Redis;
using VoiceBridge.Cluster.Calls;
using VoiceBridge.Testing;
using static VoiceBridge.Cluster.Tests.TestCluster;

namespace VoiceBridge.Cluster.Tests.Calls;

public sealed class DueCallsTests(RedisServers servers)
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(50);

    [Theory, MemberData(nameof(RedisServers.ClusterKinds), MemberType = typeof(RedisServers))]
    public async Task Call_IsClaimedExactlyOnce(RedisKind kind)
    {
        await using var cluster = await OnAsync(await servers.GetAsync(kind));
        await using var second = await cluster.ReplicaAsync();
        await using var third = await cluster.ReplicaAsync();
        var calls = Enumerable.Range(0, 20).Select(_ => NewId()).ToArray();

        var claimed = await EverywhereAsync([cluster, second, third], 100, (replica, i) => replica.Due.TryClaimAsync(Ringing(calls[i % 20]), $"r{i % 3}", Minute, Ct));

        Assert.All(Enumerable.Range(0, 20), call => Assert.Single(Enumerable.Range(0, 5), round => claimed[call + 20 * round]));
        Assert.Equal(Ringing(calls[0]), await cluster.Calls.GetAsync(calls[0], Ct));
        Assert.Equal(20, (await cluster.Calls.ListLiveAsync(Ct)).Count);
    }

    [Theory, MemberData(nameof(RedisServers.ClusterKinds), MemberType = typeof(RedisServers))]
    public async Task LapsedClaim_IsTakenOverByExactlyOne(RedisKind kind)
    {
        await using var cluster = await OnAsync(await servers.GetAsync(kind));
        await using var second = await cluster.ReplicaAsync();
        var id = NewId();
        Assert.True(await cluster.Due.TryClaimAsync(Ringing(id), "dies", Moment, Ct));

        var taken = new System.Collections.Concurrent.ConcurrentBag<(string Owner, CallRecord Call)>();
        await Eventually.True(async () =>
        {
            await EverywhereAsync([cluster, second], 10, async (replica, i) =>
            {
                foreach (var (_, call) in await replica.Due.TakeAsync($"r{i}", Minute, 10, Ct)) taken.Add(($"r{i}", call!));
                return 0;
            });
            return !taken.IsEmpty;
        }, what: "the lease to lapse");

        var (owner, record) = Assert.Single(taken);
        Assert.Equal("secret-context", record.IncomingCallContext);
        Assert.Equal([id], await cluster.Due.RenewAsync("dies", Minute, [id], Ct));
        Assert.Empty(await cluster.Due.RenewAsync(owner, Minute, [id], Ct));
    }

    [Theory, MemberData(nameof(RedisServers.ClusterKinds), MemberType = typeof(RedisServers))]
    public async Task LapsedClaim_IsTakenOverByARepeatedDelivery(RedisKind kind)
    {
        await using var cluster = await OnAsync(await servers.GetAsync(kind));
        var id = NewId();
        Assert.True(await cluster.Due.TryClaimAsync(Ringing(id), "dies", Moment, Ct));

        await Eventually.True(() => cluster.Due.TryClaimAsync(Ringing(id), "other", Minute, Ct), what: "the lease to lapse");

        Assert.False(await cluster.Due.TryClaimAsync(Ringing(id), "third", Minute, Ct));
    }

    [Theory, MemberData(nameof(RedisServers.ClusterKinds), MemberType = typeof(RedisServers))]
    public async Task ReleasedClaim_IsAnothersAtOnce(RedisKind kind)
    {
        await using var cluster = await OnAsync(await servers.GetAsync(kind));
        var id = NewId();
        await cluster.Due.TryClaimAsync(Ringing(id), "stops", Minute, Ct);

        await cluster.Due.ReleaseAsync(id, "somebody", finished: false, Ct);
        Assert.Empty(await cluster.TakeAsync("next"));
        await cluster.Due.ReleaseAsync(id, "stops", finished: false, Ct);
        Assert.Equal([id], await cluster.TakeAsync("next"));
        Assert.Equal([id], await cluster.Due.RenewAsync("stops", Minute, [id], Ct));
    }

    [Theory, MemberData(nameof(RedisServers.ClusterKinds), MemberType = typeof(RedisServers))]
    public async Task AnsweredCall_IsNobodysUntilItIsDue(RedisKind kind)
    {
        await using var cluster = await OnAsync(await servers.GetAsync(kind));
        var id = NewId();
        await cluster.Due.TryClaimAsync(Ringing(id), "r1", Moment, Ct);
        await cluster.Calls.AdvanceAsync(id, CallState.Answering, new CallChange { CallConnectionId = "leg" }, Ct);
        await cluster.Due.ReleaseAsync(id, "r1", finished: true, Ct);

        Assert.Equal([id], await cluster.Due.RenewAsync("r1", Minute, [id], Ct));
        Assert.False(await cluster.Due.TryClaimAsync(Ringing(id), "r2", Minute, Ct));
        Assert.Empty(await cluster.TakeAsync("r2"));
        await DueNowAsync(cluster, id);
        Assert.False(await cluster.Due.TryClaimAsync(Ringing(id), "r2", Minute, Ct));
        Assert.Equal([id], await cluster.TakeAsync("r2"));
    }

    [Theory, MemberData(nameof(RedisServers.ClusterKinds), MemberType = typeof(RedisServers))]
    public async Task EndedCall_IsNotDueAndLostToWhoHadIt(RedisKind kind)
    {
        await using var cluster = await OnAsync(await servers.GetAsync(kind));
        var id = NewId();
        await cluster.Due.TryClaimAsync(Ringing(id), "r1", Minute, Ct);

        await cluster.Calls.AdvanceAsync(id, CallState.Ended, CallChange.None, Ct);

        Assert.Equal([id], await cluster.Due.RenewAsync("r1", Minute, [id], Ct));
        Assert.Equal(0, await cluster.Database.SortedSetLengthAsync(cluster.Keys.Due));
        Assert.Equal(0, await cluster.Database.HashLengthAsync(cluster.Keys.DueOwners));
    }

    [Theory, MemberData(nameof(RedisServers.ClusterKinds), MemberType = typeof(RedisServers))]
    public async Task Take_TakesNoMoreThanAskedForAndNothingTwice(RedisKind kind)
    {
        await using var cluster = await OnAsync(await servers.GetAsync(kind));
        for (var i = 0; i < 5; i++)
        {
            var id = NewId();
            await cluster.Due.TryClaimAsync(Ringing(id), "r1", Minute, Ct);
            await cluster.Due.ReleaseAsync(id, "r1", finished: false, Ct);
        }

        Assert.Equal(3, (await cluster.TakeAsync("r2", 3)).Count);
        Assert.Equal(2, (await cluster.TakeAsync("r2", 3)).Count);
    }

    [Theory, MemberData(nameof(RedisServers.ClusterKinds), MemberType = typeof(RedisServers))]
    public async Task CallsWithWhichAllIsWell_AreLookedAtTogether_AndReadInOneStep(RedisKind kind)
    {
        await using var cluster = await OnAsync(await servers.GetAsync(kind));
        var calls = Enumerable.Range(0, 20).Select(_ => NewId()).ToArray();
        foreach (var id in calls) await cluster.Due.TryClaimAsync(Ringing(id), "r1", Minute, Ct);
        // The first time the script itself is sent, too.
        await cluster.Calls.GetManyAsync(calls, Ct);
        var sent = cluster.Database.Multiplexer.GetCounters().Interactive.OperationCount;

        Assert.Equal(calls, (await cluster.Calls.GetManyAsync(calls, Ct)).Select(call => call.CallId));
        Assert.Equal(1, cluster.Database.Multiplexer.GetCounters().Interactive.OperationCount - sent);

        foreach (var id in calls) await cluster.Due.PostponeAsync("r1", Minute, [id], Ct);
        var scores = await cluster.Database.SortedSetScoresAsync(cluster.Keys.Due, [.. calls.Select(id => (RedisValue)id)]);
        Assert.All(scores, score => Assert.Equal(0, score!.Value % 5_000));
    }

    [Theory, MemberData(nameof(RedisServers.ClusterKinds), MemberType = typeof(RedisServers))]
    public async Task Lease_SurvivesThatRedisIsEmptied(RedisKind kind)
    {
        await using var server = await RedisServer.StartAsync(kind);
        await using var cluster = await OnAsync(server);
        var id = NewId();
        await cluster.Due.TryClaimAsync(Ringing(id), "r1", Minute, Ct);

        await cluster.Database.ExecuteAsync("FLUSHALL");

        await cluster.Calls.AdvanceAsync(id, CallState.Answering, CallChange.None, Ct);
        Assert.Empty(await cluster.Due.RenewAsync("r1", Minute, [id], Ct));
        Assert.Equal([id], await cluster.Due.RenewAsync("r2", Minute, [id], Ct));
        Assert.False(await cluster.Due.TryClaimAsync(Ringing(id), "r2", Minute, Ct));
    }

    [Theory, MemberData(nameof(RedisServers.ClusterKinds), MemberType = typeof(RedisServers))]
    public async Task HangUp_IsDueUntilItIsConfirmed_AfterTheEndToo(RedisKind kind)
    {
        await using var cluster = await OnAsync(await servers.GetAsync(kind));
        var id = NewId();
        await cluster.Calls.AdvanceAsync(id, CallState.Connected, CallChange.None, Ct);
        await cluster.RegisterAsync(Connection(id));
        foreach (var over in (bool[])[false, true])
        {
            if (over) await cluster.Calls.AdvanceAsync(id, CallState.Ended, CallChange.None, Ct);
            await cluster.Calls.SetHangUpAsync(id, "agent_ended", Ct);
            await cluster.Calls.SetHangUpAsync(id, "another", Ct);
            Assert.Equal("agent_ended", (await cluster.Calls.GetAsync(id, Ct))!.HangUpReason);
            Assert.InRange(await DueInAsync(cluster, id), 1, 2_000);
            await cluster.Calls.SetHangUpAsync(id, null, Ct);
            Assert.Equal(!over, await cluster.Database.SortedSetScoreAsync(cluster.Keys.Due, id) is not null);
        }
    }

    [Theory, MemberData(nameof(RedisServers.ClusterKinds), MemberType = typeof(RedisServers))]
    public async Task CallThatIsLookedAfter_IsDueWhenItsOwnerLetsGo(RedisKind kind)
    {
        await using var cluster = await OnAsync(await servers.GetAsync(kind));
        var id = NewId();
        await cluster.Due.TryClaimAsync(Ringing(id), "r1", Minute, Ct);
        await cluster.Calls.AdvanceAsync(id, CallState.Connected, CallChange.None, Ct);
        var connection = await cluster.RegisterAsync(Connection(id));
        Assert.InRange(await DueInAsync(cluster, id), 50_000, 60_000);
        await cluster.Calls.MarkMediaLostAsync(id, connection.ConnectionId, Ct);
        Assert.Empty(await cluster.Due.RenewAsync("r1", Minute, [id], Ct));

        await cluster.Due.ReleaseAsync(id, "r1", finished: true, Ct);

        Assert.InRange(await DueInAsync(cluster, id), 0, 1_500);
        await DueNowAsync(cluster, id);
        Assert.Equal([id], await cluster.TakeAsync("r2"));
        await cluster.Due.PostponeAsync("r2", Minute, [id], Ct);
        Assert.InRange(await DueInAsync(cluster, id), 50_000, 65_000);
    }

    private static Task<bool> DueNowAsync(TestCluster cluster, string id) => cluster.Database.SortedSetAddAsync(cluster.Keys.Due, id, 1);

    private static async Task<double> DueInAsync(TestCluster cluster, string id)
    {
        var time = (StackExchange.Redis.RedisValue[])(await cluster.Database.ExecuteAsync("TIME"))!;
        return (await cluster.Database.SortedSetScoreAsync(cluster.Keys.Due, id))!.Value - ((long)time[0] * 1_000) - ((long)time[1] / 1_000);
    }
}
