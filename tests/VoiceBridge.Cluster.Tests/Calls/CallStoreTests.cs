using VoiceBridge.Cluster.Calls;
using VoiceBridge.Cluster.Gateways;
using VoiceBridge.Testing;
using static VoiceBridge.Cluster.Tests.TestCluster;

namespace VoiceBridge.Cluster.Tests.Calls;

public sealed class CallStoreTests(RedisServers servers)
{
    private static readonly DateTimeOffset At = DateTimeOffset.UnixEpoch.AddDays(20_000);

    [Theory, MemberData(nameof(RedisServers.ClusterKinds), MemberType = typeof(RedisServers))]
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

    [Theory, MemberData(nameof(RedisServers.ClusterKinds), MemberType = typeof(RedisServers))]
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

    [Theory, MemberData(nameof(RedisServers.ClusterKinds), MemberType = typeof(RedisServers))]
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

    [Theory, MemberData(nameof(RedisServers.ClusterKinds), MemberType = typeof(RedisServers))]
    public async Task Update_OfAnUnknownCallCreatesNone(RedisKind kind)
    {
        await using var cluster = await OnAsync(await servers.GetAsync(kind));
        var id = NewId();

        await cluster.Calls.UpdateAsync(id, new CallChange { Turns = 1 }, Ct);

        Assert.Null(await cluster.Calls.GetAsync(id, Ct));
    }

    [Theory, MemberData(nameof(RedisServers.ClusterKinds), MemberType = typeof(RedisServers))]
    public async Task Context_IsEncryptedAndGoneOnceTheCallIsConnected(RedisKind kind)
    {
        await using var cluster = await OnAsync(await servers.GetAsync(kind));
        var id = NewId();

        await cluster.Calls.AdvanceAsync(id, CallState.Ringing, new CallChange { IncomingCallContext = "secret-context" }, Ct);
        var raw = await cluster.Database.HashGetAllAsync(cluster.Keys.CallRecord(id));
        Assert.DoesNotContain(raw, field => field.Value.ToString().Contains("secret", StringComparison.Ordinal));
        await cluster.Calls.AdvanceAsync(id, CallState.Answering, CallChange.None, Ct);
        Assert.Equal("secret-context", (await cluster.Calls.GetAsync(id, Ct))!.IncomingCallContext);
        await cluster.Calls.AdvanceAsync(id, CallState.Connected, CallChange.None, Ct);

        Assert.Null((await cluster.Calls.GetAsync(id, Ct))!.IncomingCallContext);
        Assert.False(await cluster.Database.HashExistsAsync(cluster.Keys.CallRecord(id), "context"));
        await cluster.Calls.UpdateAsync(id, new CallChange { IncomingCallContext = "secret-context" }, Ct);
        Assert.False(await cluster.Database.HashExistsAsync(cluster.Keys.CallRecord(id), "context"));
    }

    [Theory, MemberData(nameof(RedisServers.ClusterKinds), MemberType = typeof(RedisServers))]
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

    [Theory, MemberData(nameof(RedisServers.ClusterKinds), MemberType = typeof(RedisServers))]
    public async Task Recovery_IsGoneOnWith_AndNotThatOfAnEarlierLoss(RedisKind kind)
    {
        await using var cluster = await OnAsync(await servers.GetAsync(kind));
        var id = NewId();
        await cluster.RegisterAsync(Connection(id));
        await cluster.Calls.MarkMediaLostAsync(id, null, Ct);
        var lostAt = (await cluster.Calls.GetAsync(id, Ct))!.MediaLostAt!.Value;
        var position = new RecoveryPosition(RecoveryStep.Opening, Refusals: 1, At, lostAt);

        await cluster.Calls.UpdateAsync(id, new CallChange { Recovery = position }, Ct);
        Assert.Equal(position, (await cluster.Calls.GetAsync(id, Ct))!.Recovery);

        await cluster.RegisterAsync(Connection(id, "g2"));
        Assert.Null((await cluster.Calls.GetAsync(id, Ct))!.Recovery);
        await Eventually.True(() => DateTimeOffset.UtcNow > lostAt.AddMilliseconds(1), what: "another millisecond");
        await cluster.Calls.MarkMediaLostAsync(id, null, Ct);
        Assert.Null((await cluster.Calls.GetAsync(id, Ct))!.Recovery);
    }

    [Theory, MemberData(nameof(RedisServers.ClusterKinds), MemberType = typeof(RedisServers))]
    public async Task Media_OfAGatewayThatOnlySeemedDeadAreOpenAgain(RedisKind kind)
    {
        await using var cluster = await OnAsync(await servers.GetAsync(kind));
        var id = NewId();
        await cluster.Gateways.AnnounceAsync(Heartbeat("g1", 10), [], Ct);
        var connection = await cluster.RegisterAsync(Connection(id));

        // A gateway that is silent: its heartbeat is put back instead of waiting.
        await cluster.Database.SortedSetIncrementAsync(cluster.Keys.GatewayHeartbeats, "g1", -5_500);
        Assert.Equal(GatewayState.Dead, Assert.Single(await cluster.Gateways.ListAsync(Ct)).State);
        Assert.Empty(await cluster.TakeAsync("r1"));
        Assert.Equal(1, await cluster.Gateways.AbandonCallsAsync("g1", Ct));
        Assert.Equal(0, await cluster.Gateways.AbandonCallsAsync("g1", Ct));
        Assert.Equal([id], await cluster.TakeAsync("r1"));
        // It keeps its slot while it is looked after.
        Assert.Equal((0, 1), (await cluster.Admission.LoadAsync(Ct)) is var load ? (load.Active, load.Reserved) : default);
        Assert.True(await cluster.Calls.MarkMediaLapsedAsync(id, connection.ConnectionId, Ct));
        Assert.Equal([id], await LostAsync(cluster));

        await cluster.Gateways.AnnounceAsync(Heartbeat("g1", 10), [connection], Ct);
        Assert.Empty(await LostAsync(cluster));
        Assert.Equal(MediaState.Open, (await cluster.Calls.GetAsync(id, Ct))!.Media);
        Assert.Equal((1, 0), (await cluster.Admission.LoadAsync(Ct)) is var again ? (again.Active, again.Reserved) : default);
    }

    [Theory, MemberData(nameof(RedisServers.ClusterKinds), MemberType = typeof(RedisServers))]
    public async Task Media_ThatEndedWhileNobodyCouldBeToldAreDueWithTheNextHeartbeat(RedisKind kind)
    {
        await using var cluster = await OnAsync(await servers.GetAsync(kind));
        var (ended, young) = (NewId(), NewId());
        await cluster.RegisterAsync(Connection(ended));
        // As if that were a while ago.
        var entry = ((string)(await cluster.Database.HashGetAsync(cluster.Keys.GatewayCalls("g1"), ended))!).Split(' ', 4);
        await cluster.Database.HashSetAsync(cluster.Keys.GatewayCalls("g1"), ended, $"{entry[0]} {entry[1]} {long.Parse(entry[2], null) - 6_000} {entry[3]}");
        var registered = await cluster.RegisterAsync(Connection(young));

        await cluster.Gateways.AnnounceAsync(Heartbeat("g1", 10), [], Ct);

        Assert.Equal([ended], await cluster.TakeAsync("r1"));
        Assert.Equal([registered], await cluster.Connections.ListAsync(Ct));
    }

    [Theory, MemberData(nameof(RedisServers.ClusterKinds), MemberType = typeof(RedisServers))]
    public async Task CallsOfAGatewayThatLeaves_AreDue(RedisKind kind)
    {
        await using var cluster = await OnAsync(await servers.GetAsync(kind));
        var id = NewId();
        await cluster.Gateways.AnnounceAsync(Heartbeat("g1", 10), [], Ct);
        await cluster.RegisterAsync(Connection(id));

        await cluster.Gateways.LeaveAsync("g1", Ct);

        Assert.Equal([id], await cluster.TakeAsync("r1"));
    }

    [Theory, MemberData(nameof(RedisServers.ClusterKinds), MemberType = typeof(RedisServers))]
    public async Task Transfer_ToOverflowIsMadeOnceAndTheSameRequestIsTheSameTransfer(RedisKind kind)
    {
        await using var cluster = await OnAsync(await servers.GetAsync(kind));
        await using var other = await cluster.ReplicaAsync();
        var id = NewId();
        await cluster.Calls.AdvanceAsync(id, CallState.Connected, CallChange.None, Ct);

        var begun = await EverywhereAsync([cluster, other], 20, (replica, _) => replica.Calls.BeginTransferAsync(id, toOverflow: true, "no_agent", "overflow", Ct));
        Assert.Single(begun, entry => entry.Begun);
        Assert.Single(begun.Select(entry => entry.Transfer).Distinct());
        Assert.Equal(begun[0].Transfer, (await cluster.Calls.GetAsync(id, Ct))!.Transfer);

        await cluster.Calls.EndTransferAsync(id, accepted: false, Ct);
        var (again, failed) = await cluster.Calls.BeginTransferAsync(id, toOverflow: true, "no_agent", "overflow", Ct);
        Assert.Equal((false, true), (again, failed.Failed));
        Assert.True((await cluster.Calls.BeginTransferAsync(id, toOverflow: false, "", "r1", Ct)).Begun);
        Assert.False((await other.Calls.BeginTransferAsync(id, toOverflow: false, "", "r1", Ct)).Begun);
        Assert.True((await other.Calls.BeginTransferAsync(id, toOverflow: false, "", "r2", Ct)).Begun);
        Assert.False((await other.Calls.BeginTransferAsync(id, toOverflow: true, "", "overflow", Ct)).Begun);
        // Accepted, whatever is heard after or before it.
        await cluster.Calls.EndTransferAsync(id, accepted: false, Ct);
        await cluster.Calls.EndTransferAsync(id, accepted: true, Ct);
        await cluster.Calls.EndTransferAsync(id, accepted: false, Ct);
        Assert.True((await cluster.Calls.GetAsync(id, Ct))!.Transfer is { Accepted: true, Failed: false, ToOverflow: false, RequestId: "r2" });
    }

    [Theory, MemberData(nameof(RedisServers.ClusterKinds), MemberType = typeof(RedisServers))]
    public async Task Timeline_KeepsTheLastFiveHundred(RedisKind kind)
    {
        await using var cluster = await OnAsync(await servers.GetAsync(kind));
        var id = NewId();

        await Task.WhenAll(Enumerable.Range(0, 510).Select(i => cluster.Calls.AddEventAsync(id, new CallEvent(At.AddSeconds(i), "tool", $"{i}"), Ct)));

        var events = await cluster.Calls.ListEventsAsync(id, Ct);
        Assert.Equal(500, events.Count);
        Assert.Equal(new CallEvent(At.AddSeconds(509), "tool", "509"), events[^1]);
    }

    [Theory, MemberData(nameof(RedisServers.ClusterKinds), MemberType = typeof(RedisServers))]
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
        (await cluster.Calls.ListLiveAsync(Ct)).Where(call => call is { MediaLostAt: not null, Media: not MediaState.Open }).Select(call => call.CallId);
}
