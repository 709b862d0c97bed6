using VoiceBridge.Cluster.Calls;
using VoiceBridge.Cluster.Gateways;
using VoiceBridge.Testing;
using static VoiceBridge.Cluster.Tests.TestCluster;

namespace VoiceBridge.Cluster.Tests.Calls;

public sealed class CallStoreTests(RedisServers servers)
{
    private static readonly DateTimeOffset At = DateTimeOffset.UnixEpoch.AddDays(20_000);

    [Theory, MemberData(nameof(RedisServers.Kinds), MemberType = typeof(RedisServers))]
    public async Task Call_GoesForwardWhateverTheOrder(RedisKind kind)
    {
        await using var cluster = await OnAsync(await servers.GetAsync(kind));
        var id = NewId();

        Assert.True(await cluster.Calls.AdvanceAsync(id, CallState.Ringing, new CallChange { CorrelationId = "c", RangAt = At }, Ct));
        Assert.True(await cluster.Calls.AdvanceAsync(id, CallState.Connected, new CallChange { ServerCallId = "s" }, Ct));
        Assert.False(await cluster.Calls.AdvanceAsync(id, CallState.Answering, new CallChange { CallConnectionId = "cc", ServerCallId = "late" }, Ct));
        Assert.True(await cluster.Calls.AdvanceAsync(id, CallState.Ended, new CallChange { EndReason = "caller_hung_up" }, Ct));
        Assert.False(await cluster.Calls.AdvanceAsync(id, CallState.Rejected, new CallChange { EndReason = "busy" }, Ct));
        Assert.False(await cluster.Calls.AdvanceAsync(id, CallState.Connected, CallChange.None, Ct));

        var call = await cluster.Calls.GetAsync(id, Ct);
        Assert.Equal(CallState.Ended, call!.State);
        Assert.Equal("caller_hung_up", call.EndReason);
        Assert.Equal("cc", call.CallConnectionId);
        Assert.Equal("s", call.ServerCallId);
        Assert.Equal(At, call.RangAt);
        Assert.NotNull(call.ConnectedAt);
        Assert.Null(call.AnsweredAt);
        Assert.Empty(await cluster.Calls.ListLiveAsync(Ct));
        Assert.Equal([id], (await cluster.Calls.ListRecentAsync(10, Ct)).Select(c => c.CallId));
    }

    [Theory, MemberData(nameof(RedisServers.Kinds), MemberType = typeof(RedisServers))]
    public async Task Call_AdvancesExactlyOnceHoweverManyTry(RedisKind kind)
    {
        await using var cluster = await OnAsync(await servers.GetAsync(kind));
        await using var other = await cluster.ReplicaAsync();
        var id = NewId();

        var won = await EverywhereAsync([cluster, other], 40, (replica, i) =>
            replica.Calls.AdvanceAsync(id, CallState.Ended, new CallChange { EndReason = $"r{i}", Turns = 1 }, Ct));

        Assert.Single(won, true);
        var call = await cluster.Calls.GetAsync(id, Ct);
        Assert.Equal(1, call!.Turns);
        Assert.Equal($"r{Array.IndexOf(won, true)}", call.EndReason);
    }

    [Theory, MemberData(nameof(RedisServers.Kinds), MemberType = typeof(RedisServers))]
    public async Task Counters_AddUpExactly(RedisKind kind)
    {
        await using var cluster = await OnAsync(await servers.GetAsync(kind));
        await using var other = await cluster.ReplicaAsync();
        var id = NewId();
        await cluster.Calls.AdvanceAsync(id, CallState.Connected, CallChange.None, Ct);

        await EverywhereAsync([cluster, other], 30, async (replica, _) =>
        {
            await replica.Calls.UpdateAsync(id, new CallChange { Turns = 1, ToolCalls = 2, InputTokens = 1_000, OutputTokens = 10, Cost = 0.000123456m }, Ct);
            return 0;
        });
        await cluster.Calls.UpdateAsync(id, new CallChange { FirstAudioMs = 412.5, FirstAudioAt = At }, Ct);
        await cluster.Calls.UpdateAsync(id, new CallChange { FirstAudioMs = 999, Agent = "reception" }, Ct);

        var call = await cluster.Calls.GetAsync(id, Ct);
        Assert.Equal((30, 60, 30_000, 300, 0.00370368m), (call!.Turns, call.ToolCalls, call.InputTokens, call.OutputTokens, call.Cost));
        Assert.Equal((412.5, At, "reception"), (call.FirstAudioMs, call.FirstAudioAt, call.Agent));
    }

    [Theory, MemberData(nameof(RedisServers.Kinds), MemberType = typeof(RedisServers))]
    public async Task Update_OfAnUnknownCallCreatesNone(RedisKind kind)
    {
        await using var cluster = await OnAsync(await servers.GetAsync(kind));
        var id = NewId();

        await cluster.Calls.UpdateAsync(id, new CallChange { Turns = 1 }, Ct);

        Assert.Null(await cluster.Calls.GetAsync(id, Ct));
    }

    [Theory, MemberData(nameof(RedisServers.Kinds), MemberType = typeof(RedisServers))]
    public async Task Context_IsEncryptedAndGoneOnceTheCallIsConnected(RedisKind kind)
    {
        await using var cluster = await OnAsync(await servers.GetAsync(kind));
        var id = NewId();

        await cluster.Calls.AdvanceAsync(id, CallState.Ringing, new CallChange { IncomingCallContext = "secret-context" }, Ct);
        var raw = await cluster.Database.HashGetAllAsync(cluster.Keys.Call(id));
        Assert.DoesNotContain(raw, field => field.Value.ToString().Contains("secret", StringComparison.Ordinal));
        await cluster.Calls.AdvanceAsync(id, CallState.Answering, CallChange.None, Ct);
        Assert.Equal("secret-context", (await cluster.Calls.GetAsync(id, Ct))!.IncomingCallContext);
        await cluster.Calls.AdvanceAsync(id, CallState.Connected, CallChange.None, Ct);

        Assert.Null((await cluster.Calls.GetAsync(id, Ct))!.IncomingCallContext);
        Assert.False(await cluster.Database.HashExistsAsync(cluster.Keys.Call(id), "context"));
        await cluster.Calls.UpdateAsync(id, new CallChange { IncomingCallContext = "secret-context" }, Ct);
        Assert.False(await cluster.Database.HashExistsAsync(cluster.Keys.Call(id), "context"));
    }

    [Theory, MemberData(nameof(RedisServers.Kinds), MemberType = typeof(RedisServers))]
    public async Task Media_ThatAreGoneAreFoundUntilTheyAreBackOrTheCallEnds(RedisKind kind)
    {
        await using var cluster = await OnAsync(await servers.GetAsync(kind));
        var id = NewId();
        await cluster.Calls.AdvanceAsync(id, CallState.Connected, CallChange.None, Ct);
        Assert.Equal([id], await LostAsync(cluster));
        var first = await cluster.RegisterAsync(Connection(id));
        Assert.Empty(await LostAsync(cluster));

        Assert.False(await cluster.Calls.MarkMediaLostAsync(id, "another connection", Ct));
        Assert.True(await cluster.Calls.MarkMediaLostAsync(id, first.ConnectionId, Ct));
        Assert.Equal([id], await LostAsync(cluster));
        Assert.Empty(await cluster.Calls.ListMediaLostAsync(TimeSpan.FromMinutes(5), Ct));
        await cluster.Calls.UpdateAsync(id, new CallChange { Media = MediaState.Recovering }, Ct);
        Assert.Equal([id], await LostAsync(cluster));
        // ACS said so: the old gateway's word does not open them again.
        await cluster.Gateways.AnnounceAsync(Heartbeat("g1", 10), [first], Ct);
        Assert.Equal([id], await LostAsync(cluster));

        await cluster.RegisterAsync(Connection(id, "g2"));
        await cluster.Calls.UpdateAsync(id, new CallChange { Media = MediaState.Recovering }, Ct);
        Assert.Empty(await LostAsync(cluster));
        var call = await cluster.Calls.GetAsync(id, Ct);
        Assert.Equal((MediaState.Open, null, 1, "g2"), (call!.Media, call.MediaLostAt, call.Moves, call.GatewayId));

        await cluster.Calls.MarkMediaLostAsync(id, null, Ct);
        await cluster.Calls.AdvanceAsync(id, CallState.Ended, CallChange.None, Ct);
        Assert.Empty(await LostAsync(cluster));
        Assert.False(await cluster.Calls.MarkMediaLostAsync(id, null, Ct));
    }

    [Theory, MemberData(nameof(RedisServers.Kinds), MemberType = typeof(RedisServers))]
    public async Task Media_OfAGatewayThatOnlySeemedDeadAreOpenAgain(RedisKind kind)
    {
        await using var cluster = await OnAsync(await servers.GetAsync(kind));
        var id = NewId();
        await cluster.Gateways.AnnounceAsync(Heartbeat("g1", 10), [], Ct);
        var connection = await cluster.RegisterAsync(Connection(id));
        Assert.Empty(await cluster.Calls.ListLapsedAsync(Ct));

        // A gateway that is silent: its heartbeat is put back instead of waiting.
        await cluster.Database.SortedSetIncrementAsync(cluster.Keys.Gateways, "g1", -5_500);
        Assert.Equal(GatewayState.Dead, Assert.Single(await cluster.Gateways.ListAsync(Ct)).State);
        Assert.Equal([id], (await cluster.Calls.ListLapsedAsync(Ct)).Select(c => c.CallId));
        Assert.True(await cluster.Calls.MarkMediaLapsedAsync(id, connection.ConnectionId, Ct));
        Assert.Equal([id], await LostAsync(cluster));

        await cluster.Gateways.AnnounceAsync(Heartbeat("g1", 10), [connection], Ct);
        Assert.Empty(await LostAsync(cluster));
        Assert.Empty(await cluster.Calls.ListLapsedAsync(Ct));
        Assert.Equal(MediaState.Open, (await cluster.Calls.GetAsync(id, Ct))!.Media);

        // It ended, and its gateway could not say so: it has lapsed, which is not waited for either.
        await cluster.Database.SortedSetAddAsync(cluster.Keys.Connections, connection.ConnectionId, 1);
        Assert.Equal([id], (await cluster.Calls.ListLapsedAsync(Ct)).Select(c => c.CallId));
    }

    [Theory, MemberData(nameof(RedisServers.Kinds), MemberType = typeof(RedisServers))]
    public async Task Recovery_IsOneReplicasAtATime(RedisKind kind)
    {
        await using var cluster = await OnAsync(await servers.GetAsync(kind));
        await using var other = await cluster.ReplicaAsync();
        var id = NewId();
        var minute = TimeSpan.FromMinutes(1);

        var won = await EverywhereAsync([cluster, other], 30, (replica, i) => replica.Calls.TryLeaseRecoveryAsync(id, $"o{i}", minute, Ct));
        var owner = $"o{Array.IndexOf(won, true)}";
        Assert.Single(won, true);

        Assert.True(await cluster.Calls.TryLeaseRecoveryAsync(id, owner, minute, Ct));
        await cluster.Calls.ReleaseRecoveryAsync(id, "somebody", Ct);
        Assert.False(await cluster.Calls.TryLeaseRecoveryAsync(id, "next", minute, Ct));
        await cluster.Calls.ReleaseRecoveryAsync(id, owner, Ct);
        Assert.True(await cluster.Calls.TryLeaseRecoveryAsync(id, "next", TimeSpan.FromMilliseconds(50), Ct));
        await Eventually.True(() => cluster.Calls.TryLeaseRecoveryAsync(id, "third", minute, Ct), what: "the lease to lapse");
    }

    [Theory, MemberData(nameof(RedisServers.Kinds), MemberType = typeof(RedisServers))]
    public async Task Timeline_KeepsTheLastFiveHundred(RedisKind kind)
    {
        await using var cluster = await OnAsync(await servers.GetAsync(kind));
        var id = NewId();

        await Task.WhenAll(Enumerable.Range(0, 510).Select(i => cluster.Calls.AddEventAsync(id, new CallEvent(At.AddSeconds(i), "tool", $"{i}"), Ct)));

        var events = await cluster.Calls.ListEventsAsync(id, Ct);
        Assert.Equal(500, events.Count);
        Assert.Equal(new CallEvent(At.AddSeconds(509), "tool", "509"), events[^1]);
    }

    [Theory, MemberData(nameof(RedisServers.Kinds), MemberType = typeof(RedisServers))]
    public async Task Listeners_HearOfEachStep(RedisKind kind)
    {
        await using var cluster = await OnAsync(await servers.GetAsync(kind));
        var heard = new System.Collections.Concurrent.ConcurrentQueue<string>();
        await using var subscription = await cluster.Events.SubscribeAsync(change => heard.Enqueue($"{change.Kind} {change.CallId} {change.Detail}"), Ct);
        var id = NewId();

        await cluster.Calls.AdvanceAsync(id, CallState.Connected, CallChange.None, Ct);
        await cluster.Calls.AdvanceAsync(id, CallState.Connected, CallChange.None, Ct);
        await cluster.Calls.AdvanceAsync(id, CallState.Ended, CallChange.None, Ct);

        await Eventually.True(() => heard.Contains($"call {id} Ended"), what: "the event");
        Assert.Equal([$"call {id} Connected", $"call {id} Ended"], heard);
    }

    private static async Task<IEnumerable<string>> LostAsync(TestCluster cluster) =>
        (await cluster.Calls.ListMediaLostAsync(TimeSpan.Zero, Ct)).Select(call => call.CallId);
}
