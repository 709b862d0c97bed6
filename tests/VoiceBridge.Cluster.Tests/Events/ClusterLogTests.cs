using VoiceBridge.Cluster.Events;
using VoiceBridge.Testing;
using static VoiceBridge.Cluster.Tests.TestCluster;

namespace VoiceBridge.Cluster.Tests.Events;

/// <summary>What happened is kept for people who look later.</summary>
public sealed class ClusterLogTests(RedisServers servers)
{
    private static readonly DateTimeOffset At = DateTimeOffset.UnixEpoch.AddDays(20_000);

    [Theory, MemberData(nameof(RedisServers.ClusterKinds), MemberType = typeof(RedisServers))]
    public async Task EqualEntries_OfAMinuteAreOneWithACount(RedisKind kind)
    {
        await using var cluster = await OnAsync(await servers.GetAsync(kind));
        await using var other = await cluster.ReplicaAsync();

        await EverywhereAsync([cluster, other], 20, async (replica, i) =>
        {
            await replica.Log.AddAsync(ClusterLogKind.CallsLost, Ct, "media_lost", count: 2, at: At.AddSeconds(i));
            return 0;
        });
        await cluster.Log.AddAsync(ClusterLogKind.CallsLost, Ct, "media_lost", at: At.AddMinutes(1));
        await cluster.Log.AddAsync(ClusterLogKind.DrainOrdered, Ct, "g1", "Somebody", at: At.AddMinutes(11));

        Assert.Equal(
            [(ClusterLogKind.CallsLost, "media_lost", "", 40L), (ClusterLogKind.CallsLost, "media_lost", "", 1L), (ClusterLogKind.DrainOrdered, "g1", "Somebody", 1L)],
            (await cluster.Log.ReadAsync(At, At.AddMinutes(15), Ct)).Select(entry => (entry.Kind, entry.Subject, entry.Who, entry.Count)));
        Assert.Empty(await cluster.Log.ReadAsync(At.AddMinutes(30), At.AddMinutes(45), Ct));
    }

    [Theory, MemberData(nameof(RedisServers.ClusterKinds), MemberType = typeof(RedisServers))]
    public async Task WhatAllReplicasSee_IsWrittenOnce(RedisKind kind)
    {
        await using var cluster = await OnAsync(await servers.GetAsync(kind));
        await using var other = await cluster.ReplicaAsync();

        // One of them saw it a moment later, in the next minute.
        await cluster.Log.AddAsync(ClusterLogKind.RedisBack, Ct, detail: "14", at: At.AddSeconds(59), once: true);
        await other.Log.AddAsync(ClusterLogKind.RedisBack, Ct, detail: "13", at: At.AddSeconds(61), once: true);

        var entry = Assert.Single(await cluster.Log.ReadAsync(At, At.AddMinutes(5), Ct));
        Assert.Equal(("14", 1L, At.AddSeconds(59)), (entry.Detail, entry.Count, entry.At));
    }

    /// <summary>Ten minutes have a key of their own, and the last of one borders on the first of the next.</summary>
    [Theory, MemberData(nameof(RedisServers.ClusterKinds), MemberType = typeof(RedisServers))]
    public async Task WhatAllReplicasSee_IsWrittenOnceAcrossTheEndOfAKey(RedisKind kind)
    {
        await using var cluster = await OnAsync(await servers.GetAsync(kind));

        await cluster.Log.AddAsync(ClusterLogKind.RedisBack, Ct, detail: "14", at: At.AddMinutes(10).AddSeconds(-1), once: true);
        await cluster.Log.AddAsync(ClusterLogKind.RedisBack, Ct, detail: "13", at: At.AddMinutes(10).AddSeconds(1), once: true);
        await cluster.Log.AddAsync(ClusterLogKind.RedisBack, Ct, detail: "12", at: At.AddMinutes(9), once: true);

        Assert.Equal("14", Assert.Single(await cluster.Log.ReadAsync(At, At.AddMinutes(15), Ct)).Detail);
    }

    [Fact]
    public async Task Log_IsBounded()
    {
        await using var cluster = await OnAsync(await servers.GetAsync(RedisKind.Garnet));

        await EverywhereAsync([cluster], 1_200, async (replica, i) =>
        {
            await replica.Log.AddAsync(ClusterLogKind.GatewayStarted, Ct, $"g{i}", at: At);
            return 0;
        });

        Assert.InRange((await cluster.Log.ReadAsync(At, At, Ct)).Count, 500, 750);
    }

    [Theory, MemberData(nameof(RedisServers.ClusterKinds), MemberType = typeof(RedisServers))]
    public async Task DeathOfAGateway_IsWrittenOnceWithItsCalls_AndItStaysListed(RedisKind kind)
    {
        await using var cluster = await OnAsync(await servers.GetAsync(kind));
        await using var other = await cluster.ReplicaAsync();
        await cluster.Gateways.AnnounceAsync(Heartbeat("g1", 5), [], Ct);
        await cluster.RegisterAsync(Connection(NewId()));
        await cluster.RegisterAsync(Connection(NewId()));
        await cluster.Gateways.RecordDeathAsync("g1", Ct);
        Assert.Empty(await cluster.Gateways.ListDeadAsync(Ct));

        await cluster.Database.SortedSetIncrementAsync(cluster.Keys.GatewayHeartbeats, "g1", -6_000);
        await EverywhereAsync([cluster, other], 6, async (replica, _) =>
        {
            await replica.Gateways.RecordDeathAsync("g1", Ct);
            return 0;
        });

        var dead = Assert.Single(await other.Gateways.ListDeadAsync(Ct));
        Assert.Equal(("g1", 2), (dead.Heartbeat.GatewayId, dead.CallsLeft));
        Assert.NotNull(dead.DiedAt);
        Assert.Equal((1L, 2L), (await DeathsAsync(), (await ReadAsync()).Single(entry => entry.Kind == ClusterLogKind.GatewayDied).Count));

        // It had only been out of reach.
        await cluster.Gateways.AnnounceAsync(Heartbeat("g1", 5), [], Ct);
        Assert.Empty(await cluster.Gateways.ListDeadAsync(Ct));
        Assert.Contains(await ReadAsync(), entry => entry.Kind == ClusterLogKind.GatewayReturned);

        async Task<long> DeathsAsync() => (await ReadAsync()).Count(entry => entry.Kind == ClusterLogKind.GatewayDied);
        Task<IReadOnlyList<ClusterLogEntry>> ReadAsync() => cluster.Log.ReadAsync(DateTimeOffset.UtcNow.AddMinutes(-5), DateTimeOffset.UtcNow.AddMinutes(5), Ct);
    }

    [Theory, MemberData(nameof(RedisServers.ClusterKinds), MemberType = typeof(RedisServers))]
    public async Task CallsOfADeadGateway_AreLookedAtWhenItsLatestConnectionHasLapsed(RedisKind kind)
    {
        await using var cluster = await OnAsync(await servers.GetAsync(kind));
        await cluster.Gateways.AnnounceAsync(Heartbeat("g1", 5), [], Ct);
        await cluster.Database.SortedSetIncrementAsync(cluster.Keys.GatewayHeartbeats, "g1", -6_000);
        // It came after the last heartbeat.
        var id = NewId();
        await cluster.RegisterAsync(Connection(id));

        await cluster.Gateways.RecordDeathAsync("g1", Ct);

        var lapses = DateTimeOffset.UtcNow + (await cluster.Database.KeyTimeToLiveAsync(cluster.Keys.GatewayCalls("g1")))!.Value;
        var due = DateTimeOffset.FromUnixTimeMilliseconds((long)(await cluster.Database.SortedSetScoreAsync(cluster.Keys.Due, id))!.Value);
        Assert.InRange(due, lapses, lapses.AddSeconds(5));
    }

    [Theory, MemberData(nameof(RedisServers.ClusterKinds), MemberType = typeof(RedisServers))]
    public async Task GatewaysComeAndGo_AndAnEmptiedRedisIsToldOnce(RedisKind kind)
    {
        // A server of its own: emptying it would disturb the others.
        await using var server = await RedisServer.StartAsync(kind);
        await using var cluster = await OnAsync(server);
        await using var other = await cluster.ReplicaAsync();
        await cluster.Gateways.AnnounceAsync(Heartbeat("g1", 5), [], Ct);
        await other.Gateways.AnnounceAsync(Heartbeat("g2", 5), [], Ct);
        await cluster.Gateways.AnnounceAsync(Heartbeat("g1", 5), [], Ct);
        Assert.Equal([(ClusterLogKind.GatewayStarted, "g1"), (ClusterLogKind.GatewayStarted, "g2")], await KindsAsync());

        await cluster.Database.ExecuteAsync("FLUSHALL");
        await cluster.Gateways.AnnounceAsync(Heartbeat("g1", 5), [], Ct);
        await other.Gateways.AnnounceAsync(Heartbeat("g2", 5), [], Ct);
        await cluster.Gateways.AnnounceAsync(Heartbeat("g1", 5), [], Ct);
        await other.Gateways.LeaveAsync("g2", Ct);

        Assert.Equal([(ClusterLogKind.GatewayStopped, "g2"), (ClusterLogKind.RedisEmptied, "")], await KindsAsync());

        async Task<IEnumerable<(string, string)>> KindsAsync() =>
            (await cluster.Log.ReadAsync(DateTimeOffset.UtcNow.AddMinutes(-5), DateTimeOffset.UtcNow.AddMinutes(5), Ct)).Select(entry => (entry.Kind, entry.Subject)).Order();
    }
}
