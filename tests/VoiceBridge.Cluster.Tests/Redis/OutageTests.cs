using StackExchange.Redis;
using VoiceBridge.Cluster.Calls;
using VoiceBridge.Cluster.Redis;
using VoiceBridge.Testing;
using static VoiceBridge.Cluster.Tests.TestCluster;

namespace VoiceBridge.Cluster.Tests.Redis;

public sealed class OutageTests
{
    [Theory, MemberData(nameof(RedisServers.Kinds), MemberType = typeof(RedisServers))]
    public async Task RestartedServer_IsUsedAgainAndLearnsTheScriptsAnew(RedisKind kind)
    {
        var server = await RedisServer.StartAsync(kind);
        await using var cluster = await OnAsync(server);
        await cluster.Calls.AdvanceAsync(NewId(), CallState.Connected, CallChange.None, Ct);
        await server.DisposeAsync();

        await using var again = await RedisServer.StartAsync(kind, server.Port);

        await Eventually.True(
            async () =>
            {
                try
                {
                    return await cluster.Calls.AdvanceAsync(NewId(), CallState.Connected, CallChange.None, Ct);
                }
                catch (RedisException)
                {
                    return false;
                }
            },
            TimeSpan.FromMinutes(2),
            "the client to find the server again");
        Assert.NotEmpty(await cluster.Calls.ListLiveAsync(Ct));
    }

    [Fact]
    public async Task AbsentServer_IsARedisException()
    {
        var options = ConfigurationOptions.Parse($"127.0.0.1:{FreePort.Find()},abortConnect=false,connectTimeout=200,asyncTimeout=200,syncTimeout=200,connectRetry=0");
        await using var connection = await ConnectionMultiplexer.ConnectAsync(options);
        await using var cluster = TestCluster.Over(connection);

        await Assert.ThrowsAnyAsync<RedisException>(() => cluster.Calls.GetAsync("call", Ct));
        await Assert.ThrowsAnyAsync<RedisException>(() => cluster.Desk.LoadAsync(Ct));
        await Assert.ThrowsAnyAsync<RedisException>(() => cluster.Connections.ListAsync(Ct));
        await cluster.Events.PublishAsync(new("call"), Ct);
    }

    public static TheoryData<Exception> OfABrokenConnection =>
    [
        new RedisTimeoutException("Timeout", CommandStatus.Sent),
        new OperationCanceledException(),
        new InvalidOperationException("Reading is not allowed after reader was completed."),
    ];

    [Theory, MemberData(nameof(OfABrokenConnection))]
    public async Task BrokenConnection_IsARedisException_WhateverTheClientCallsIt(Exception said)
    {
        var options = ConfigurationOptions.Parse($"127.0.0.1:{FreePort.Find()},abortConnect=false,connectTimeout=200,connectRetry=0");
        await using var connection = await ConnectionMultiplexer.ConnectAsync(options);
        await using var cluster = TestCluster.Over(connection);
        var redis = new ClusterRedis(connection, cluster.Keys);

        var thrown = await Assert.ThrowsAsync<RedisConnectionException>(() => redis.AskAsync(_ => Task.FromException<int>(said), Ct));

        Assert.Same(said, thrown.InnerException);
    }

    [Fact]
    public async Task Command_ThatTheClientHasLost_IsARedisException()
    {
        var options = ConfigurationOptions.Parse($"127.0.0.1:{FreePort.Find()},abortConnect=false,connectTimeout=200,syncTimeout=200,connectRetry=0");
        await using var connection = await ConnectionMultiplexer.ConnectAsync(options);
        await using var cluster = TestCluster.Over(connection);
        var redis = new ClusterRedis(connection, cluster.Keys);

        await Assert.ThrowsAsync<RedisConnectionException>(() => redis.AskAsync(_ => new TaskCompletionSource<int>().Task, Ct));
    }

    [Theory, MemberData(nameof(RedisServers.Kinds), MemberType = typeof(RedisServers))]
    public async Task Port_ThatIsTakenIsAnErrorAndNotAnothersServer(RedisKind kind)
    {
        await using var first = await RedisServer.StartAsync(kind);

        await Assert.ThrowsAnyAsync<Exception>(() => RedisServer.StartAsync(kind, first.Port));
    }
}
