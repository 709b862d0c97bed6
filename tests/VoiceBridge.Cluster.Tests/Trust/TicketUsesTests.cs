using VoiceBridge.Testing;
using static VoiceBridge.Cluster.Tests.TestCluster;

namespace VoiceBridge.Cluster.Tests.Trust;

public sealed class TicketUsesTests(RedisServers servers)
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(10);

    [Theory, MemberData(nameof(RedisServers.ClusterKinds), MemberType = typeof(RedisServers))]
    public async Task Ticket_IsUsedOnce_WhateverReplicaItComesTo(RedisKind kind)
    {
        await using var cluster = await OnAsync(await servers.GetAsync(kind));
        await using var other = await cluster.ReplicaAsync();
        var token = NewId();

        var used = await EverywhereAsync([cluster, other], 20, (replica, _) => replica.TicketUses.TryUseAsync(token, Deadline, Ct));

        Assert.Single(used, true);
        Assert.True(await other.TicketUses.TryUseAsync(NewId(), Deadline, Ct));
    }
}
