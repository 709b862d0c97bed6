using VoiceBridge.Cluster.Events;
using VoiceBridge.Cluster.Gateways;
using VoiceBridge.Testing;
using static VoiceBridge.Cluster.Tests.TestCluster;

namespace VoiceBridge.Cluster.Tests.Events;

public sealed class ClusterLogTests(RedisServers servers)
{
    private static readonly DateTimeOffset Then = new(2026, 11, 1, 12, 9, 30, TimeSpan.Zero);

    [Theory, MemberData(nameof(RedisServers.ClusterKinds), MemberType = typeof(RedisServers))]
    public async Task Entries_AreReadAsTheyWereWritten(RedisKind kind)
    {
        await using var cluster = await OnAsync(await servers.GetAsync(kind));

        await cluster.Log.AddAsync(ClusterLogKind.GatewayStarted, Ct, "g2", detail: "1.2.3", at: Then.AddMinutes(1));
        await cluster.Log.AddAsync(ClusterLogKind.DrainOrdered, Ct, "g1", who: "Ann", at: Then);

        Assert.Equal(
            [new ClusterLogEntry(Then, ClusterLogKind.DrainOrdered, "g1", "Ann"), new ClusterLogEntry(Then.AddMinutes(1), ClusterLogKind.GatewayStarted, "g2", "", "1.2.3")],
            await EntriesAsync(cluster));
    }

    [Theory, MemberData(nameof(RedisServers.ClusterKinds), MemberType = typeof(RedisServers))]
    public async Task EqualEntriesOfAMinute_AreOneWithACount(RedisKind kind)
    {
        await using var cluster = await OnAsync(await servers.GetAsync(kind));
        await using var other = await cluster.ReplicaAsync();

        await EverywhereAsync([cluster, other], 20, async (replica, i) =>
        {
            await replica.Log.AddAsync(ClusterLogKind.CallsLost, Ct, i % 4 == 0 ? "media_lost" : "drained", at: Then.AddSeconds(i));
            return true;
        });
        await cluster.Log.AddAsync(ClusterLogKind.CallsLost, Ct, "drained", at: Then.AddMinutes(1));

        Assert.Equal([("drained", 15L), ("media_lost", 5L), ("drained", 1L)], (await EntriesAsync(cluster)).OrderBy(entry => entry.At.Minute).ThenBy(entry => entry.Subject).Select(entry => (entry.Subject, entry.Count)));
    }

    [Theory, MemberData(nameof(RedisServers.ClusterKinds), MemberType = typeof(RedisServers))]
    public async Task WhatEveryReplicaSees_IsWrittenOnce(RedisKind kind)
    {
        await using var cluster = await OnAsync(await servers.GetAsync(kind));
        await using var other = await cluster.ReplicaAsync();

        await cluster.Log.AddAsync(ClusterLogKind.RedisBack, Ct, detail: "4", at: Then, once: true);
        await other.Log.AddAsync(ClusterLogKind.RedisBack, Ct, detail: "5", at: Then.AddSeconds(20), once: true);

        Assert.Equal(("4", 1L), Assert.Single((await EntriesAsync(cluster)).Select(entry => (entry.Detail, entry.Count))));
    }

    /// <summary>A tenth of the hour has a key of its own, and the last minute of one borders on the first of the next.</summary>
    [Theory, MemberData(nameof(RedisServers.ClusterKinds), MemberType = typeof(RedisServers))]
    public async Task WhatEveryReplicaSees_IsWrittenOnceAcrossTheEndOfAKey(RedisKind kind)
    {
        await using var cluster = await OnAsync(await servers.GetAsync(kind));
        var last = new DateTimeOffset(2026, 11, 1, 12, 9, 59, TimeSpan.Zero);

        await cluster.Log.AddAsync(ClusterLogKind.RedisBack, Ct, detail: "4", at: last, once: true);
        await cluster.Log.AddAsync(ClusterLogKind.RedisBack, Ct, detail: "5", at: last.AddSeconds(2), once: true);

        Assert.Single(await EntriesAsync(cluster));
    }

    [Theory, MemberData(nameof(RedisServers.ClusterKinds), MemberType = typeof(RedisServers))]
    public async Task Log_IsBounded(RedisKind kind)
    {
        await using var cluster = await OnAsync(await servers.GetAsync(kind));
        for (var i = 0; i < 800; i++) await cluster.Log.AddAsync(ClusterLogKind.GatewayStarted, Ct, $"g{i}", at: Then);

        Assert.InRange((await EntriesAsync(cluster)).Count, 400, 750);
    }

    [Theory, MemberData(nameof(RedisServers.ClusterKinds), MemberType = typeof(RedisServers))]
    public async Task Tally_WritesWhatWasCountedOnce(RedisKind kind)
    {
        await using var cluster = await OnAsync(await servers.GetAsync(kind));
        var tally = new ClusterLogTally();
        for (var i = 0; i < 12; i++) tally.Add(ClusterLogKind.SessionsLost, "eu", $"why {i}");

        await tally.WriteAsync(cluster.Log, Ct);
        await tally.WriteAsync(cluster.Log, Ct);

        var entry = Assert.Single(await cluster.Log.ReadAsync(DateTimeOffset.UtcNow.AddMinutes(-2), DateTimeOffset.UtcNow, Ct));
        Assert.Equal(("eu", "why 0", 12L), (entry.Subject, entry.Detail, entry.Count));
    }

    [Theory, MemberData(nameof(RedisServers.ClusterKinds), MemberType = typeof(RedisServers))]
    public async Task Gateways_WriteThatTheyComeAndGo(RedisKind kind)
    {
        await using var cluster = await OnAsync(await servers.GetAsync(kind));
        var heartbeat = Heartbeat("g1", 5) with { Version = "1.2.3" };

        await cluster.Gateways.AnnounceAsync(heartbeat, [], Ct);
        await cluster.Gateways.AnnounceAsync(heartbeat, [], Ct);
        await cluster.Gateways.LeaveAsync("g1", Ct);

        Assert.Equal(
            [("gateway_started", "g1", "1.2.3", 1L), ("gateway_stopped", "g1", "", 0L)],
            (await NowAsync(cluster)).Select(entry => (entry.Kind, entry.Subject, entry.Detail, entry.Count)).Order());
    }

    [Theory, MemberData(nameof(RedisServers.ClusterKinds), MemberType = typeof(RedisServers))]
    public async Task DeadGateway_StaysListedAndIsSaidOnceUntilItComesBack(RedisKind kind)
    {
        await using var cluster = await OnAsync(await servers.GetAsync(kind));
        await using var other = await cluster.ReplicaAsync();
        var connection = await cluster.RegisterAsync(Connection(NewId()));
        await cluster.Gateways.AnnounceAsync(Heartbeat("g1", 5) with { Active = 1 }, [connection], Ct);
        await cluster.Gateways.RecordDeathAsync("g1", Ct);
        Assert.Empty(await cluster.Gateways.ListDeadAsync(Ct));
        await cluster.Database.SortedSetIncrementAsync(cluster.Keys.GatewayHeartbeats, "g1", -6_000);

        await EverywhereAsync([cluster, other], 4, async (replica, _) =>
        {
            await replica.Gateways.RecordDeathAsync("g1", Ct);
            return true;
        });

        var dead = Assert.Single(await cluster.Gateways.ListDeadAsync(Ct));
        Assert.Equal((GatewayState.Dead, 1), (dead.State, dead.CallsLeft));
        Assert.InRange(dead.HeartbeatAge, TimeSpan.FromSeconds(5), TimeSpan.FromMinutes(1));
        Assert.Equal(("g1", 1L), Assert.Single((await NowAsync(cluster)).Where(entry => entry.Kind == ClusterLogKind.GatewayDied).Select(entry => (entry.Subject, entry.Count))));

        await cluster.Gateways.AnnounceAsync(Heartbeat("g1", 5), [connection], Ct);
        Assert.Empty(await cluster.Gateways.ListDeadAsync(Ct));
        Assert.Contains(await NowAsync(cluster), entry => entry.Kind == ClusterLogKind.GatewayReturned);
    }

    [Theory, MemberData(nameof(RedisServers.ClusterKinds), MemberType = typeof(RedisServers))]
    public async Task EmptiedRedis_IsNoticedOnceByTheGatewaysThatItHadKnown(RedisKind kind)
    {
        await using var server = await RedisServer.StartAsync(kind);
        await using var cluster = await OnAsync(server);
        await using var other = await cluster.ReplicaAsync();
        await cluster.Gateways.AnnounceAsync(Heartbeat("g1", 5), [], Ct);
        await other.Gateways.AnnounceAsync(Heartbeat("g2", 5), [], Ct);
        Assert.DoesNotContain(await NowAsync(cluster), entry => entry.Kind == ClusterLogKind.RedisEmptied);

        await cluster.Database.ExecuteAsync("FLUSHALL");
        for (var i = 0; i < 2; i++)
        {
            await cluster.Gateways.AnnounceAsync(Heartbeat("g1", 5), [], Ct);
            await other.Gateways.AnnounceAsync(Heartbeat("g2", 5), [], Ct);
        }

        Assert.Equal([ClusterLogKind.RedisEmptied], (await NowAsync(cluster)).Select(entry => entry.Kind));
    }

    private static Task<IReadOnlyList<ClusterLogEntry>> EntriesAsync(TestCluster cluster) => cluster.Log.ReadAsync(Then.AddHours(-1), Then.AddHours(1), Ct);

    private static Task<IReadOnlyList<ClusterLogEntry>> NowAsync(TestCluster cluster) => cluster.Log.ReadAsync(DateTimeOffset.UtcNow.AddMinutes(-5), DateTimeOffset.UtcNow.AddMinutes(1), Ct);
}
