using VoiceBridge.Cluster.Calls;
using VoiceBridge.Cluster.Transcripts;
using VoiceBridge.Testing;
using static VoiceBridge.Cluster.Tests.TestCluster;

namespace VoiceBridge.Cluster.Tests.Transcripts;

public sealed class TurnsTests(RedisServers servers)
{
    private static readonly Turn Hello = new(DateTimeOffset.UnixEpoch.AddDays(20_000), "agent", "Good morning", true, "item_1");

    [Theory, MemberData(nameof(RedisServers.ClusterKinds), MemberType = typeof(RedisServers))]
    public async Task WorkingTurns_ComeBackInOrderAndAreUnreadableInRedis(RedisKind kind)
    {
        await using var cluster = await OnAsync(await servers.GetAsync(kind));
        var id = NewId();
        var tool = new Turn(Hello.At, "tool", "{\"weather\":\"rain\"}", ToolName: "weather");

        await cluster.Turns.AppendAsync(id, [Hello], Ct);
        await cluster.Turns.AppendAsync(id, [tool], Ct);

        Assert.Equal([Hello, tool], await cluster.Turns.ReadAsync(id, Ct));
        var raw = await cluster.Database.ListRangeAsync(cluster.Keys.Turns(id));
        Assert.DoesNotContain(raw, box => box.ToString().Contains("morning", StringComparison.Ordinal));
        await cluster.Turns.ReplaceAsync(id, [tool], Ct);
        Assert.Equal([tool], await cluster.Turns.ReadAsync(id, Ct));
        await cluster.Turns.ReplaceAsync(id, [], Ct);
        Assert.Empty(await cluster.Turns.ReadAsync(id, Ct));
    }

    [Theory, MemberData(nameof(RedisServers.ClusterKinds), MemberType = typeof(RedisServers))]
    public async Task WorkingTurns_GoAMinuteAfterTheCall(RedisKind kind)
    {
        await using var cluster = await OnAsync(await servers.GetAsync(kind));
        var id = NewId();
        await cluster.Calls.AdvanceAsync(id, CallState.Connected, CallChange.None, Ct);
        await cluster.Turns.AppendAsync(id, [Hello], Ct);
        Assert.True(await LeftAsync() > TimeSpan.FromHours(1));

        await cluster.Turns.EndAsync(id, Ct);
        Assert.InRange(await LeftAsync(), TimeSpan.Zero, TimeSpan.FromSeconds(60));
        await cluster.Calls.AdvanceAsync(id, CallState.Ended, CallChange.None, Ct);
        // A turn that comes late does not keep them longer.
        await cluster.Turns.AppendAsync(id, [Hello], Ct);
        Assert.InRange(await LeftAsync(), TimeSpan.Zero, TimeSpan.FromSeconds(60));

        async Task<TimeSpan> LeftAsync() => await cluster.Database.KeyTimeToLiveAsync(cluster.Keys.Turns(id)) ?? TimeSpan.MaxValue;
    }

    [Theory, MemberData(nameof(RedisServers.ClusterKinds), MemberType = typeof(RedisServers))]
    public async Task Turns_OfAnotherCallAreNotReadAsThisOnes(RedisKind kind)
    {
        await using var cluster = await OnAsync(await servers.GetAsync(kind));
        var (one, other) = (NewId(), NewId());
        await cluster.Turns.AppendAsync(one, [Hello], Ct);
        await cluster.Database.ListRightPushAsync(cluster.Keys.Turns(other), await cluster.Database.ListGetByIndexAsync(cluster.Keys.Turns(one), 0));

        Assert.Empty(await cluster.Turns.ReadAsync(other, Ct));
    }

    [Theory, MemberData(nameof(RedisServers.ClusterKinds), MemberType = typeof(RedisServers))]
    public async Task Transcript_IsKeptForItsRetention(RedisKind kind)
    {
        await using var cluster = await OnAsync(await servers.GetAsync(kind));
        var id = NewId();

        await cluster.Kept.AppendAsync(id, [Hello], Ct);

        Assert.Equal([Hello], await cluster.Kept.ReadAsync(id, Ct));
        Assert.InRange((await cluster.Database.KeyTimeToLiveAsync(cluster.Keys.Transcript(id)))!.Value, TimeSpan.FromDays(6), TimeSpan.FromDays(7));
    }

    [Fact]
    public async Task Transcript_IsNotKeptUnlessAskedFor()
    {
        await using var cluster = await OnAsync(await servers.GetAsync(RedisKind.Garnet), keepTranscripts: false);
        var id = NewId();

        await cluster.Kept.AppendAsync(id, [Hello], Ct);

        Assert.Empty(await cluster.Kept.ReadAsync(id, Ct));
        Assert.False(await cluster.Database.KeyExistsAsync(cluster.Keys.Transcript(id)));
    }
}
