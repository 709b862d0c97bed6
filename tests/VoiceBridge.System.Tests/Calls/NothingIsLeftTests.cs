using System.Net.NetworkInformation;
using StackExchange.Redis;
using VoiceBridge.Local;
using VoiceBridge.Simulator;
using VoiceBridge.System.Tests.Harness;
using VoiceBridge.Testing;

namespace VoiceBridge.System.Tests.Calls;

[Collection<Alone>, Trait(Alone.Counts, "process")]
public sealed class NothingIsLeftTests(RedisServers servers)
{
    private const int Calls = 8;
    private const int Rounds = 3;

    [Theory, MemberData(nameof(RedisServers.BestKind), MemberType = typeof(RedisServers))]
    public async Task After_calls_no_socket_timer_session_or_live_key_is_left(RedisKind kind)
    {
        await using var system = await Systems.StartAsync(servers, kind);
        // The first round opens what stays open: pooled HTTP connections and their timers.
        await TalkAsync(system);
        var sockets = Sockets(system);
        var timers = Timer.ActiveCount;

        for (var round = 0; round < Rounds; round++) await TalkAsync(system);

        Assert.DoesNotContain(system.Azure!.Sessions, session => session.IsOpen);
        Assert.DoesNotContain(system.Azure.Calls, call => call.MediaOpen);
        // Pools may have grown by a few; one socket or timer left by each call would be more.
        const int tolerated = Calls * Rounds - 1;
        await Eventually.True(() => Sockets(system) - sockets <= tolerated, Systems.Deadline, $"sockets to be about as few as before ({sockets})");
        await Eventually.True(() => Timer.ActiveCount - timers <= tolerated, Systems.Deadline, $"timers to be about as few as before ({timers})");
        await AssertKeysAsync(system);
    }

    private static async Task TalkAsync(LocalSystem system)
    {
        var calls = Enumerable.Range(0, Calls)
            .Select(_ => system.Azure!.PlaceCall(new CallPlan { Script = CallerScript.Start.WaitForAgent().HangUp() }))
            .ToArray();
        foreach (var call in calls) await call.OverAsync();
        Assert.All(calls, call => Assert.True(call.Stats.FramesHeard > 0));
        await system.EmptyAsync();
    }

    /// <summary>Open connections of this process to any server of the system, Redis apart.</summary>
    private static int Sockets(LocalSystem system)
    {
        int[] ports = [system.Azure!.Address.Port, system.CallControl.Port, system.Media.Port, .. system.Gateways.Select(g => g.Address.Port), .. system.Controls.Select(c => c.Address.Port)];
        return IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpConnections()
            .Count(connection => connection.State == TcpState.Established && ports.Contains(connection.LocalEndPoint.Port));
    }

    private static async Task<bool> IsEmptyAsync(IDatabase database, string key) => await database.KeyTypeAsync(key) switch
    {
        RedisType.None => true,
        RedisType.SortedSet => await database.SortedSetLengthAsync(key) == 0,
        RedisType.Hash => await database.HashLengthAsync(key) == 0,
        _ => false,
    };

    private static async Task AssertKeysAsync(LocalSystem system)
    {
        var redis = system.Cluster.Redis;
        var database = redis.GetDatabase();
        var cluster = await database.ExecuteAsync("KEYS", $"*{system.ClusterName}*");
        foreach (var key in (string[])cluster!)
        {
            // Garnet still lists the name of a set whose last member has gone.
            if (await IsEmptyAsync(database, key)) continue;
            // Slots and leases are gone with the calls; what is kept for the operator or for stragglers ends by itself.
            Assert.DoesNotContain(":reservations", key, StringComparison.Ordinal);
            Assert.DoesNotContain(":waiting", key, StringComparison.Ordinal);
            Assert.DoesNotContain(":due", key, StringComparison.Ordinal);
            Assert.DoesNotContain(":owners", key, StringComparison.Ordinal);
            // Gone meanwhile is as good.
            Assert.True(await database.KeyTimeToLiveAsync(key) is not null || !await database.KeyExistsAsync(key), $"{key} never ends.");
        }
    }
}
