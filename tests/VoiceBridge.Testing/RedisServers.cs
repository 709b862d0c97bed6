using System.Collections.Concurrent;
using StackExchange.Redis;

namespace VoiceBridge.Testing;

/// <summary>
/// The servers that the tests of an assembly share, each started when it is first asked for. Give each test a cluster name of its own
/// (<see cref="UniqueName"/>) so that tests do not meet. Use it as an assembly fixture:
/// <code>
/// [assembly: AssemblyFixture(typeof(RedisServers))]
/// public sealed class ThingTests(RedisServers servers)
/// {
///     [Theory, MemberData(nameof(RedisServers.Kinds), MemberType = typeof(RedisServers))]
///     public async Task Thing_Behaves(RedisKind kind) { var redis = await servers.ConnectAsync(kind); ... }
/// }
/// </code>
/// </summary>
public sealed class RedisServers : IAsyncDisposable
{
    private readonly ConcurrentDictionary<RedisKind, Lazy<Task<(RedisServer Server, ConnectionMultiplexer Connection)>>> _started = new();

    /// <summary>
    /// Theory data: Garnet always, a real Redis where one is installed, else skipped with the reason; also when the environment says
    /// <c>TestRedis=Garnet</c>, as where tests are repeated often.
    /// </summary>
    public static IEnumerable<TheoryDataRow<RedisKind>> Kinds => [new(RedisKind.Garnet), new(RedisKind.Redis) { Skip = WhyNoRedis }];

    /// <summary>For whole systems that fail for minutes: the best server there is. Garnet's turn comes on demand where there is a real Redis (<c>--explicit on</c>).</summary>
    public static IEnumerable<TheoryDataRow<RedisKind>> BestKind => [new(RedisKind.Garnet) { Explicit = HasRedis }, new(RedisKind.Redis) { Skip = WhyNoRedis }];

    /// <summary>As <see cref="Kinds"/>, but the real Redis is a clustered one, which is stricter.</summary>
    public static IEnumerable<TheoryDataRow<RedisKind>> ClusterKinds => [new(RedisKind.Garnet), new(RedisKind.RedisCluster) { Skip = WhyNoRedis }];

    /// <summary>Whether tests may use a real Redis.</summary>
    public static bool HasRedis => WhyNoRedis is null;

    private static string? WhyNoRedis => RedisServer.Executable is null ? "redis-server is not installed on this machine"
        : Environment.GetEnvironmentVariable("TestRedis") is "Garnet" ? "TestRedis=Garnet"
        : null;

    /// <summary>A cluster name that no other test has.</summary>
    public static string UniqueName() => "t" + Guid.NewGuid().ToString("N")[..12];

    /// <summary>The shared server. Do not stop or empty it: start one of your own for that (<see cref="RedisServer.StartAsync"/>).</summary>
    public async Task<RedisServer> GetAsync(RedisKind kind) => (await StartedAsync(kind)).Server;

    /// <summary>The assembly's shared connection to the shared server.</summary>
    public async Task<IConnectionMultiplexer> ConnectAsync(RedisKind kind) => (await StartedAsync(kind)).Connection;

    public async ValueTask DisposeAsync()
    {
        foreach (var started in _started.Values)
        {
            // One that did not start has failed its test already.
            if (started.Value.IsFaulted) continue;
            var (server, connection) = await started.Value;
            await connection.DisposeAsync();
            await server.DisposeAsync();
        }
    }

    private Task<(RedisServer Server, ConnectionMultiplexer Connection)> StartedAsync(RedisKind kind) =>
        _started.GetOrAdd(kind, k => new(() => StartAsync(k))).Value;

    private static async Task<(RedisServer Server, ConnectionMultiplexer Connection)> StartAsync(RedisKind kind)
    {
        var server = await RedisServer.StartAsync(kind);
        return (server, await server.ConnectAsync());
    }
}
