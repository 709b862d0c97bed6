using VoiceBridge.Cluster.Calls;
using VoiceBridge.Testing;
using static VoiceBridge.Cluster.Tests.TestCluster;

namespace VoiceBridge.Cluster.Tests.Admission;

public sealed class ClaimBookTests(RedisServers servers)
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(50);

    [Theory, MemberData(nameof(RedisServers.Kinds), MemberType = typeof(RedisServers))]
    public async Task Call_IsClaimedExactlyOnce(RedisKind kind)
    {
        await using var cluster = await OnAsync(await servers.GetAsync(kind));
        await using var second = await cluster.ReplicaAsync();
        await using var third = await cluster.ReplicaAsync();
        var calls = Enumerable.Range(0, 20).Select(_ => NewId()).ToArray();

        var claimed = await EverywhereAsync([cluster, second, third], 100, (replica, i) => replica.Claims.TryClaimAsync(Ringing(calls[i % 20]), $"r{i % 3}", Minute, Ct));

        Assert.All(Enumerable.Range(0, 20), call => Assert.Single(Enumerable.Range(0, 5), round => claimed[call + 20 * round]));
        Assert.Equal(Ringing(calls[0]), await cluster.Calls.GetAsync(calls[0], Ct));
        Assert.Equal(20, (await cluster.Calls.ListLiveAsync(Ct)).Count);
    }

    [Theory, MemberData(nameof(RedisServers.Kinds), MemberType = typeof(RedisServers))]
    public async Task LapsedClaim_IsTakenOverByExactlyOne(RedisKind kind)
    {
        await using var cluster = await OnAsync(await servers.GetAsync(kind));
        await using var second = await cluster.ReplicaAsync();
        var id = NewId();
        Assert.True(await cluster.Claims.TryClaimAsync(Ringing(id), "dies", Moment, Ct));

        var taken = new System.Collections.Concurrent.ConcurrentBag<(string Owner, CallRecord Call)>();
        await Eventually.True(async () =>
        {
            await EverywhereAsync([cluster, second], 10, async (replica, i) =>
            {
                foreach (var call in await replica.Claims.TakeLapsedAsync($"r{i}", Minute, 10, Ct)) taken.Add(($"r{i}", call));
                return 0;
            });
            return !taken.IsEmpty;
        }, what: "the lease to lapse");

        var (owner, record) = Assert.Single(taken);
        Assert.Equal("secret-context", record.IncomingCallContext);
        Assert.False(await cluster.Claims.RenewAsync(id, "dies", Minute, Ct));
        Assert.True(await cluster.Claims.RenewAsync(id, owner, Minute, Ct));
    }

    [Theory, MemberData(nameof(RedisServers.Kinds), MemberType = typeof(RedisServers))]
    public async Task LapsedClaim_IsTakenOverByARepeatedDelivery(RedisKind kind)
    {
        await using var cluster = await OnAsync(await servers.GetAsync(kind));
        var id = NewId();
        Assert.True(await cluster.Claims.TryClaimAsync(Ringing(id), "dies", Moment, Ct));

        await Eventually.True(() => cluster.Claims.TryClaimAsync(Ringing(id), "other", Minute, Ct), what: "the lease to lapse");

        Assert.False(await cluster.Claims.TryClaimAsync(Ringing(id), "third", Minute, Ct));
    }

    [Theory, MemberData(nameof(RedisServers.Kinds), MemberType = typeof(RedisServers))]
    public async Task ReleasedClaim_IsAnothersAtOnce(RedisKind kind)
    {
        await using var cluster = await OnAsync(await servers.GetAsync(kind));
        var id = NewId();
        await cluster.Claims.TryClaimAsync(Ringing(id), "stops", Minute, Ct);

        await cluster.Claims.ReleaseAsync(id, "somebody", Ct);
        Assert.Empty(await cluster.Claims.TakeLapsedAsync("next", Minute, 10, Ct));
        await cluster.Claims.ReleaseAsync(id, "stops", Ct);
        Assert.Equal([id], (await cluster.Claims.TakeLapsedAsync("next", Minute, 10, Ct)).Select(call => call.CallId));
        Assert.False(await cluster.Claims.RenewAsync(id, "stops", Minute, Ct));
    }

    [Theory, MemberData(nameof(RedisServers.Kinds), MemberType = typeof(RedisServers))]
    public async Task CompletedClaim_IsNobodysAgain(RedisKind kind)
    {
        await using var cluster = await OnAsync(await servers.GetAsync(kind));
        var id = NewId();
        await cluster.Claims.TryClaimAsync(Ringing(id), "r1", Moment, Ct);
        await cluster.Claims.CompleteAsync(id, "r1", Ct);

        Assert.False(await cluster.Claims.RenewAsync(id, "r1", Minute, Ct));
        Assert.False(await cluster.Claims.TryClaimAsync(Ringing(id), "r2", Minute, Ct));
        Assert.Empty(await cluster.Claims.TakeLapsedAsync("r2", Minute, 10, Ct));
    }

    [Theory, MemberData(nameof(RedisServers.Kinds), MemberType = typeof(RedisServers))]
    public async Task LapsedClaim_OfACallThatIsDoneIsDropped(RedisKind kind)
    {
        await using var cluster = await OnAsync(await servers.GetAsync(kind));
        var id = NewId();
        await cluster.Claims.TryClaimAsync(Ringing(id), "r1", Minute, Ct);
        await cluster.Calls.AdvanceAsync(id, CallState.Connected, CallChange.None, Ct);
        await cluster.Claims.ReleaseAsync(id, "r1", Ct);

        Assert.Empty(await cluster.Claims.TakeLapsedAsync("r2", Minute, 10, Ct));
        Assert.Equal(0, await cluster.Database.SortedSetLengthAsync(cluster.Keys.Claims));
    }

    [Theory, MemberData(nameof(RedisServers.Kinds), MemberType = typeof(RedisServers))]
    public async Task Claim_ThatNobodyTookInTimeEndsTheCallAsMissed(RedisKind kind)
    {
        await using var cluster = await OnAsync(await servers.GetAsync(kind));
        var id = NewId();
        await cluster.Claims.TryClaimAsync(Ringing(id), "r1", Minute, Ct);

        await cluster.Database.SortedSetIncrementAsync(cluster.Keys.Claims, id, -91_000);

        Assert.Empty(await cluster.Claims.TakeLapsedAsync("r2", Minute, 10, Ct));
        var call = await cluster.Calls.GetAsync(id, Ct);
        Assert.Equal((CallState.Ended, "missed"), (call!.State, call.EndReason));
    }

    [Theory, MemberData(nameof(RedisServers.Kinds), MemberType = typeof(RedisServers))]
    public async Task TakeLapsed_TakesNoMoreThanAskedFor(RedisKind kind)
    {
        await using var cluster = await OnAsync(await servers.GetAsync(kind));
        for (var i = 0; i < 5; i++)
        {
            var id = NewId();
            await cluster.Claims.TryClaimAsync(Ringing(id), "r1", Minute, Ct);
            await cluster.Claims.ReleaseAsync(id, "r1", Ct);
        }

        Assert.Equal(3, (await cluster.Claims.TakeLapsedAsync("r2", Minute, 3, Ct)).Count);
        Assert.Equal(2, (await cluster.Claims.TakeLapsedAsync("r2", Minute, 3, Ct)).Count);
    }

    [Theory, MemberData(nameof(RedisServers.Kinds), MemberType = typeof(RedisServers))]
    public async Task Claim_SurvivesThatRedisIsEmptied(RedisKind kind)
    {
        await using var server = await RedisServer.StartAsync(kind);
        await using var cluster = await OnAsync(server);
        var id = NewId();
        await cluster.Claims.TryClaimAsync(Ringing(id), "r1", Minute, Ct);

        await cluster.Database.ExecuteAsync("FLUSHALL");

        await cluster.Calls.AdvanceAsync(id, CallState.Answering, CallChange.None, Ct);
        Assert.True(await cluster.Claims.RenewAsync(id, "r1", Minute, Ct));
        Assert.False(await cluster.Claims.RenewAsync(id, "r2", Minute, Ct));
        Assert.False(await cluster.Claims.TryClaimAsync(Ringing(id), "r2", Minute, Ct));
    }
}
