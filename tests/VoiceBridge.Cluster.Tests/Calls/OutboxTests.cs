using StackExchange.Redis;
using VoiceBridge.Cluster.Calls;
using VoiceBridge.Cluster.Transcripts;
using VoiceBridge.Testing;

namespace VoiceBridge.Cluster.Tests.Calls;

public sealed class OutboxTests(RedisServers servers)
{
    private const string Caller = "+14255550123";
    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(1);

    [Theory, MemberData(nameof(RedisServers.ClusterKinds), MemberType = typeof(RedisServers))]
    public async Task EndedCall_WaitsOnlyWhereSomebodyTakesIt(RedisKind kind)
    {
        await using var cluster = await TestCluster.OnAsync(await servers.GetAsync(kind));
        await EndAsync(cluster);
        Assert.Equal(0, await cluster.Outbox.CountAsync(TestCluster.Ct));

        await cluster.Outbox.OpenAsync(TimeSpan.Zero, TestCluster.Ct);
        var call = await EndAsync(cluster);

        var entry = Assert.Single(await cluster.Outbox.TakeAsync(10, Lease, TestCluster.Ct));
        Assert.Equal(call, entry.CallId);
        var read = await cluster.Outbox.ReadAsync(entry, TestCluster.Ct);
        Assert.Equal(("caller_hung_up", Caller), (read!.Record.EndReason, read.Record.From));
        Assert.Equal("ended", Assert.Single(read.Timeline).Kind);
        Assert.Equal("Hello", Assert.Single(read.Turns).Text);
    }

    [Theory, MemberData(nameof(RedisServers.ClusterKinds), MemberType = typeof(RedisServers))]
    public async Task TakenCall_IsNobodyElsesUntilItIsGivenBack(RedisKind kind)
    {
        await using var cluster = await TestCluster.OnAsync(await servers.GetAsync(kind));
        await cluster.Outbox.OpenAsync(TimeSpan.Zero, TestCluster.Ct);
        await EndAsync(cluster);
        var entry = Assert.Single(await cluster.Outbox.TakeAsync(10, Lease, TestCluster.Ct));
        Assert.Empty(await cluster.Outbox.TakeAsync(10, Lease, TestCluster.Ct));

        await cluster.Outbox.ReturnAsync(entry, TimeSpan.Zero, TestCluster.Ct);

        Assert.Equal(entry.CallId, Assert.Single(await cluster.Outbox.TakeAsync(10, Lease, TestCluster.Ct)).CallId);
    }

    [Theory, MemberData(nameof(RedisServers.ClusterKinds), MemberType = typeof(RedisServers))]
    public async Task WaitingCall_OutlastsTheHour_AndLeavesWhenItHasArrived(RedisKind kind)
    {
        await using var cluster = await TestCluster.OnAsync(await servers.GetAsync(kind));
        await cluster.Outbox.OpenAsync(TimeSpan.Zero, TestCluster.Ct);
        var call = await EndAsync(cluster);
        RedisKey[] kept = [cluster.Keys.CallRecord(call), cluster.Keys.Timeline(call), cluster.Keys.Transcript(call)];
        // It could not be written at once.
        await cluster.Outbox.ReturnAsync(Assert.Single(await cluster.Outbox.TakeAsync(10, Lease, TestCluster.Ct)), TimeSpan.Zero, TestCluster.Ct);
        await cluster.Calls.AddEventAsync(call, new CallEvent(DateTimeOffset.UnixEpoch, "late", ""), TestCluster.Ct);
        foreach (var key in kept) Assert.True(await cluster.Database.KeyTimeToLiveAsync(key) > TimeSpan.FromDays(6), key);

        var entry = Assert.Single(await cluster.Outbox.TakeAsync(10, Lease, TestCluster.Ct));
        Assert.True(await cluster.Outbox.DoneAsync((await cluster.Outbox.ReadAsync(entry, TestCluster.Ct))!, TestCluster.Ct));

        Assert.Equal(0, await cluster.Outbox.CountAsync(TestCluster.Ct));
        Assert.False(await cluster.Database.KeyExistsAsync(cluster.Keys.Transcript(call)));
        foreach (var key in kept[..2]) Assert.True(await cluster.Database.KeyTimeToLiveAsync(key) <= TimeSpan.FromHours(1), key);
    }

    [Theory, MemberData(nameof(RedisServers.ClusterKinds), MemberType = typeof(RedisServers))]
    public async Task WhatChangesAfterACallWasTaken_IsTakenAgain(RedisKind kind)
    {
        await using var cluster = await TestCluster.OnAsync(await servers.GetAsync(kind));
        await cluster.Outbox.OpenAsync(TimeSpan.FromMilliseconds(1), TestCluster.Ct);
        var call = await EndAsync(cluster);
        var first = await TakeAsync(cluster);
        var read = await cluster.Outbox.ReadAsync(first, TestCluster.Ct);
        await cluster.Kept.AppendAsync(call, [new Turn(DateTimeOffset.UnixEpoch, "agent", "Goodbye")], TestCluster.Ct);
        await cluster.Calls.UpdateAsync(call, new CallChange { Turns = 1 }, TestCluster.Ct);
        Assert.True(await cluster.Outbox.DoneAsync(read!, TestCluster.Ct));

        var second = await cluster.Outbox.ReadAsync(await TakeAsync(cluster), TestCluster.Ct);
        Assert.Equal((1, "Goodbye"), (second!.Record.Turns, Assert.Single(second.Turns).Text));
        Assert.True(await cluster.Outbox.DoneAsync(second, TestCluster.Ct));
        Assert.Equal(0, await cluster.Outbox.CountAsync(TestCluster.Ct));

        await cluster.Calls.EndTransferAsync(call, accepted: true, TestCluster.Ct);
        Assert.Equal("transferred", (await cluster.Outbox.ReadAsync(await TakeAsync(cluster), TestCluster.Ct))!.Record.EndReason);
    }

    [Theory, MemberData(nameof(RedisServers.ClusterKinds), MemberType = typeof(RedisServers))]
    public async Task FullOutbox_LosesTheOldestTranscriptsFirst_AndNamesWhatItLoses(RedisKind kind)
    {
        await using var cluster = await TestCluster.OnAsync(await servers.GetAsync(kind));
        await cluster.Outbox.OpenAsync(TimeSpan.Zero, TestCluster.Ct);
        var calls = new List<string>();
        for (var i = 0; i < 6; i++) calls.Add(await EndAsync(cluster, atMs: i));

        var (lost, without) = await cluster.Outbox.TrimAsync(maxCalls: 5, maxTranscripts: 2, TestCluster.Ct);

        Assert.Single(lost);
        Assert.Equal(3, without.Count);
        Assert.Equal(5, await cluster.Outbox.CountAsync(TestCluster.Ct));
        var waiting = await cluster.Outbox.TakeAsync(10, Lease, TestCluster.Ct);
        var read = await Task.WhenAll(waiting.Select(entry => cluster.Outbox.ReadAsync(entry, TestCluster.Ct)));
        Assert.Equal(2, read.Count(call => call!.Turns.Count == 1));
        Assert.Equal(without.Order(), read.Where(call => call!.Turns.Count == 0).Select(call => call!.Record.CallId).Order());
        Assert.Equal(([], []), await cluster.Outbox.TrimAsync(5, 2, TestCluster.Ct));
    }

    [Theory, MemberData(nameof(RedisServers.ClusterKinds), MemberType = typeof(RedisServers))]
    public async Task ErasedCaller_IsInNoKey_AndTheCallThatWasOnItsWayIsKnownToBe(RedisKind kind)
    {
        await using var cluster = await TestCluster.OnAsync(await servers.GetAsync(kind));
        var notWaiting = await EndAsync(cluster);
        await cluster.Outbox.OpenAsync(TimeSpan.Zero, TestCluster.Ct);
        var waiting = await EndAsync(cluster);
        var other = await EndAsync(cluster, from: "+14255559999");
        await cluster.Calls.AdvanceAsync(TestCluster.NewId(), CallState.Connected, new CallChange { From = Caller }, TestCluster.Ct);
        var taken = await cluster.Outbox.ReadAsync((await cluster.Outbox.TakeAsync(10, Lease, TestCluster.Ct)).Single(entry => entry.CallId == waiting), TestCluster.Ct);

        Assert.Equal((2, 1), await cluster.Outbox.EraseAsync(number => number == Caller, TestCluster.Ct));

        Assert.False(await cluster.Outbox.DoneAsync(taken!, TestCluster.Ct));
        foreach (var call in (string[])[notWaiting, waiting])
        {
            Assert.Null(await cluster.Calls.GetAsync(call, TestCluster.Ct));
            foreach (var key in (RedisKey[])[cluster.Keys.Timeline(call), cluster.Keys.Transcript(call), cluster.Keys.Turns(call)]) Assert.False(await cluster.Database.KeyExistsAsync(key), key);
        }

        Assert.Equal([other], await cluster.Calls.ListRecentIdsAsync(10, TestCluster.Ct));
    }

    private static Task<OutboxEntry> TakeAsync(TestCluster cluster) => Eventually.Get(
        async () => (await cluster.Outbox.TakeAsync(10, Lease, TestCluster.Ct)).SingleOrDefault()!, entry => entry is not null, what: "the call in the outbox");

    /// <summary>A call that was talked in and is over, with a timeline and a kept turn.</summary>
    private static async Task<string> EndAsync(TestCluster cluster, string from = Caller, int atMs = 0)
    {
        var call = TestCluster.NewId();
        await cluster.Calls.AdvanceAsync(call, CallState.Connected, new CallChange { From = from }, TestCluster.Ct);
        await cluster.Kept.AppendAsync(call, [new Turn(DateTimeOffset.UnixEpoch.AddMilliseconds(atMs), "caller", "Hello")], TestCluster.Ct);
        await cluster.Turns.AppendAsync(call, [new Turn(DateTimeOffset.UnixEpoch, "caller", "Hello")], TestCluster.Ct);
        Assert.True(await cluster.Calls.AdvanceAsync(call, CallState.Ended, new CallChange { EndReason = "caller_hung_up" }, TestCluster.Ct));
        await cluster.Calls.AddEventAsync(call, new CallEvent(DateTimeOffset.UnixEpoch, "ended", "caller_hung_up"), TestCluster.Ct);
        return call;
    }
}
