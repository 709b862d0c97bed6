using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using StackExchange.Redis;
using VoiceBridge.Cluster.Admission;
using VoiceBridge.Cluster.Calls;
using VoiceBridge.Cluster.Connections;
using VoiceBridge.Cluster.Events;
using VoiceBridge.Cluster.Gateways;
using VoiceBridge.Cluster.Redis;
using VoiceBridge.Cluster.Tests.Trust;
using VoiceBridge.Cluster.Transcripts;
using VoiceBridge.Cluster.Trust;
using VoiceBridge.Testing;

namespace VoiceBridge.Cluster.Tests;

/// <summary>A cluster of a test's own on a server, seen from one replica. Further replicas have connections of their own, so that they really race.</summary>
internal sealed class TestCluster : IAsyncDisposable
{
    private readonly ServiceProvider _services;
    private readonly ConnectionMultiplexer _connection;
    private readonly RedisServer? _server;

    private TestCluster(ConnectionMultiplexer connection, RedisServer? server, string name, bool keepTranscripts = true, string[]? keys = null, TimeProvider? time = null)
    {
        (_connection, _server, Name) = (connection, server, name);
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Cluster:Name"] = name,
            ["Transcripts:Keep"] = $"{keepTranscripts}",
        }).AddInMemoryCollection((keys ?? [TestKeys.New(1)]).Select((key, i) => KeyValuePair.Create($"Cluster:Keys:{i}", (string?)key))).Build();
        _services = new ServiceCollection().AddLogging().AddSingleton(time ?? TimeProvider.System).AddSingleton<IConnectionMultiplexer>(connection).AddCluster(configuration).BuildServiceProvider();
    }

    public static CancellationToken Ct => TestContext.Current.CancellationToken;

    public string Name { get; }

    public GatewayRegistry Gateways => Get<GatewayRegistry>();

    public ConnectionDirectory Connections => Get<ConnectionDirectory>();

    public CallStore Calls => Get<CallStore>();

    public DueCalls Due => Get<DueCalls>();

    public Outbox Outbox => Get<Outbox>();

    public AdmissionQueue Admission => Get<AdmissionQueue>();

    public VoiceLiveBudget Budget => Get<VoiceLiveBudget>();

    public MediaTickets Tickets => Get<MediaTickets>();

    public ClusterTokens Tokens => Get<ClusterTokens>();

    public TicketUses TicketUses => Get<TicketUses>();

    public WorkingTurns Turns => Get<WorkingTurns>();

    public Cluster.Transcripts.Transcripts Kept => Get<Cluster.Transcripts.Transcripts>();

    public ClusterEvents Events => Get<ClusterEvents>();

    public ClusterLog Log => Get<ClusterLog>();

    public Cluster.Series.Series Series => Get<Cluster.Series.Series>();

    public RedisKeys Keys => Get<RedisKeys>();

    public IDatabase Database => _connection.GetDatabase();

    public static async Task<TestCluster> OnAsync(RedisServer server, string? name = null, bool keepTranscripts = true) =>
        new(await server.ConnectAsync(), server, name ?? RedisServers.UniqueName(), keepTranscripts);

    public static TestCluster Over(ConnectionMultiplexer connection) => new(connection, null, RedisServers.UniqueName());

    public static string NewId() => Guid.NewGuid().ToString("N");

    /// <summary>Another replica of the same cluster.</summary>
    public Task<TestCluster> ReplicaAsync() => OnAsync(_server!, Name);

    /// <summary>A replica with these keys, and this time of day where it looks at its clock itself.</summary>
    public async Task<TestCluster> ReplicaAsync(string[] keys, TimeProvider time) => new(await _server!.ConnectAsync(), _server, Name, keys: keys, time: time);

    public static async Task<T[]> EverywhereAsync<T>(IReadOnlyList<TestCluster> replicas, int count, Func<TestCluster, int, Task<T>> act) =>
        await Task.WhenAll(Enumerable.Range(0, count).Select(i => Task.Run(() => act(replicas[i % replicas.Count], i), Ct)));

    public static GatewayHeartbeat Heartbeat(string id, int capacity, params VoiceLiveEndpointStatus[] endpoints) => new()
    {
        GatewayId = id,
        Capacity = capacity,
        Endpoints = endpoints.Length > 0 ? endpoints : [new VoiceLiveEndpointStatus("eu", 10_000, true)],
    };

    public static ConnectionRecord Connection(string callId, string gateway = "g1", string type = "acs") => new()
    {
        ConnectionId = NewId(),
        CallId = callId,
        CorrelationId = "corr-" + callId,
        CallerId = "+14255550123",
        GatewayId = gateway,
        Type = type,
        ConnectedAt = DateTimeOffset.UnixEpoch.AddDays(20_000),
    };

    public static CallRecord Ringing(string callId) => new()
    {
        CallId = callId,
        CorrelationId = "corr-" + callId,
        From = "+14255550123",
        To = "+18005550100",
        IncomingCallContext = "secret-context",
        RangAt = DateTimeOffset.UnixEpoch.AddDays(20_000),
    };

    /// <summary>Asks for one call, at a replica of its own unless it is named.</summary>
    public async Task<AdmissionOutcome> ReserveAsync(string call, AdmissionPolicy policy, string? replica = null) =>
        Assert.Single(await Admission.AskAsync(replica ?? $"replica of {call}", [call], policy, Ct));

    /// <summary>The calls that are due, taken.</summary>
    public async Task<IReadOnlyList<string>> TakeAsync(string owner, int max = 100) =>
        [.. (await Due.TakeAsync(owner, TimeSpan.FromMinutes(1), max, Ct)).Select(taken => taken.CallId)];

    public async Task<ConnectionRecord> RegisterAsync(ConnectionRecord connection) =>
        connection with { Generation = (await Connections.RegisterAsync(connection, Ct)).Generation };

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        await _connection.DisposeAsync();
    }

    private T Get<T>()
        where T : notnull => _services.GetRequiredService<T>();
}
