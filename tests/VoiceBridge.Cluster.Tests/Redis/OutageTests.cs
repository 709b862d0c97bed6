using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using StackExchange.Redis;
using VoiceBridge.Cluster.Calls;
using VoiceBridge.Cluster.Redis;
using VoiceBridge.Testing;
using static VoiceBridge.Cluster.Tests.TestCluster;

namespace VoiceBridge.Cluster.Tests.Redis;

public sealed class OutageTests
{
    [Theory, MemberData(nameof(RedisServers.ClusterKinds), MemberType = typeof(RedisServers))]
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
        await Assert.ThrowsAnyAsync<RedisException>(() => cluster.Admission.LoadAsync(Ct));
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
        var redis = new ClusterRedis(connection, cluster.Keys, TimeProvider.System, NullLogger<ClusterRedis>.Instance);

        var thrown = await Assert.ThrowsAsync<RedisConnectionException>(() => redis.AskAsync(_ => Task.FromException<int>(said), Ct));

        Assert.Same(said, thrown.InnerException);
    }

    [Fact]
    public async Task Command_ThatTheClientHasLost_IsARedisException()
    {
        var options = ConfigurationOptions.Parse($"127.0.0.1:{FreePort.Find()},abortConnect=false,connectTimeout=200,syncTimeout=200,connectRetry=0");
        await using var connection = await ConnectionMultiplexer.ConnectAsync(options);
        await using var cluster = TestCluster.Over(connection);
        var redis = new ClusterRedis(connection, cluster.Keys, TimeProvider.System, NullLogger<ClusterRedis>.Instance);

        await Assert.ThrowsAsync<RedisConnectionException>(() => redis.AskAsync(_ => new TaskCompletionSource<int>().Task, Ct));
    }

    [Theory, MemberData(nameof(RedisServers.ClusterKinds), MemberType = typeof(RedisServers))]
    public async Task Port_ThatIsTakenIsAnErrorAndNotAnothersServer(RedisKind kind)
    {
        await using var first = await RedisServer.StartAsync(kind);

        await Assert.ThrowsAnyAsync<Exception>(() => RedisServer.StartAsync(kind, first.Port));
    }

    [Theory, MemberData(nameof(RedisServers.ClusterKinds), MemberType = typeof(RedisServers))]
    public async Task Subscription_ThatFails_LeavesNothingBehind(RedisKind kind)
    {
        var port = FreePort.Find();
        var options = ConfigurationOptions.Parse($"127.0.0.1:{port},abortConnect=false,connectTimeout=500,asyncTimeout=500,syncTimeout=500,connectRetry=0");
        options.ReconnectRetryPolicy = new LinearRetry(200);
        await using var connection = await ConnectionMultiplexer.ConnectAsync(options);
        await using var cluster = TestCluster.Over(connection);
        var (early, late) = (0, 0);
        for (var i = 0; i < 3; i++) await Assert.ThrowsAnyAsync<RedisException>(() => cluster.Events.SubscribeAsync(_ => Interlocked.Increment(ref early), Ct));

        await using var server = await RedisServer.StartAsync(kind, port);
        IAsyncDisposable? subscription = null;
        await Eventually.True(
            async () =>
            {
                try
                {
                    subscription = await cluster.Events.SubscribeAsync(_ => Interlocked.Increment(ref late), Ct);
                    return true;
                }
                catch (RedisException)
                {
                    return false;
                }
            },
            TimeSpan.FromMinutes(2),
            "the client to find the server");
        await Eventually.True(
            async () =>
            {
                await cluster.Events.PublishAsync(new("call"), Ct);
                return late > 0;
            },
            what: "an event");

        Assert.Equal(0, early);
        await subscription!.DisposeAsync();
    }

    [Theory, MemberData(nameof(RedisServers.ClusterKinds), MemberType = typeof(RedisServers))]
    public async Task Redis_ThatIsThereAndRefuses_IsSaidAloud(RedisKind kind)
    {
        await using var server = await RedisServer.StartAsync(kind);
        await using var cluster = await OnAsync(server);
        var logs = new FakeLogger<ClusterRedis>();
        await using var connection = await server.ConnectAsync();
        var redis = new ClusterRedis(connection, cluster.Keys, TimeProvider.System, logs);
        await cluster.Database.StringSetAsync(cluster.Keys.Due, "not a sorted set");

        for (var i = 0; i < 3; i++)
            await Assert.ThrowsAnyAsync<RedisServerException>(() => redis.AskAsync(db => db.SortedSetLengthAsync(cluster.Keys.Due), Ct));

        var line = Assert.Single(logs.Lines);
        Assert.Contains("WRONGTYPE", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Memory_OfARedisThatHasALimit_IsTold()
    {
        Assert.SkipUnless(RedisServers.HasRedis, "redis-server is not installed on this machine");
        await using var server = await RedisServer.StartAsync(RedisKind.Redis);
        await using var connection = await ConnectionMultiplexer.ConnectAsync(server.ConnectionString);
        var memory = new RedisMemory(connection);
        Assert.Null(await memory.UsedAsync(Ct));

        await connection.GetDatabase().ExecuteAsync("CONFIG", "SET", "maxmemory", "100mb");

        Assert.InRange((await memory.UsedAsync(Ct))!.Value, 0.001, 0.5);
    }

    private sealed class FakeLogger<T> : ILogger<T>
    {
        public List<string> Lines { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Lines.Add($"{logLevel} {formatter(state, exception)}");
    }
}
