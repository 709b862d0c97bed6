using VoiceBridge.Cluster.Series;
using VoiceBridge.Testing;
using static VoiceBridge.Cluster.Tests.TestCluster;

namespace VoiceBridge.Cluster.Tests.Series;

public sealed class SeriesTests(RedisServers servers)
{
    [Theory, MemberData(nameof(RedisServers.ClusterKinds), MemberType = typeof(RedisServers))]
    public async Task Counters_OfAllReplicasAddUpAndHighestStay(RedisKind kind)
    {
        await using var cluster = await OnAsync(await servers.GetAsync(kind));
        await using var other = await cluster.ReplicaAsync();
        var from = DateTimeOffset.UtcNow;

        await EverywhereAsync([cluster, other], 20, async (replica, i) =>
        {
            await replica.Series.AddAsync(new Dictionary<string, long> { ["offered"] = 2, ["active_max"] = i, ["nothing"] = 0, [LatencyBuckets.Counter("first_audio", 100 * i)] = 1 }, Ct);
            return 0;
        });

        var minutes = await cluster.Series.ReadAsync(from, DateTimeOffset.UtcNow, Ct);
        Assert.Equal(40, minutes.Sum(minute => minute["offered"]));
        Assert.Equal(19, minutes.Max(minute => minute["active_max"]));
        Assert.Equal(0, minutes[0]["nothing"]);
        Assert.Equal(1_000, LatencyBuckets.Percentile(minutes, "first_audio", 0.5));
        Assert.Null(LatencyBuckets.Percentile(minutes, "turn", 0.5));
    }

    [Fact]
    public async Task Reading_FillsMinutesWithoutCountersAndIsBounded()
    {
        await using var cluster = await OnAsync(await servers.GetAsync(RedisKind.Garnet));
        var to = DateTimeOffset.UnixEpoch.AddDays(20_000);

        Assert.Equal(16, (await cluster.Series.ReadAsync(to.AddMinutes(-15), to, Ct)).Count);
        Assert.Equal(25 * 60 + 1, (await cluster.Series.ReadAsync(DateTimeOffset.UnixEpoch, to, Ct)).Count);
        Assert.Empty(await cluster.Series.ReadAsync(to, to.AddMinutes(-5), Ct));
    }
}
