using VoiceBridge.CallControl.Tests.Fakes;
using VoiceBridge.Cluster.Trust;
using VoiceBridge.Testing;

namespace VoiceBridge.CallControl.Tests.Calls;

/// <summary>Replicas of the service, a phone service, and a Redis that they share.</summary>
public abstract class ClusterTest(RedisServers servers) : IAsyncLifetime
{
    private readonly List<IAsyncDisposable> _started = [];

    private protected FakeAcs Acs { get; private set; } = null!;

    private protected Dictionary<string, string?> Settings { get; private set; } = null!;

    /// <summary>What the tests of the class run on. Those whose scripts matter run on a real Redis too (<c>OnRedis.cs</c>).</summary>
    private protected virtual RedisKind Kind => RedisKind.Garnet;

    /// <summary>The latest that was started.</summary>
    private protected FakeGateway Gateway { get; private set; } = null!;

    private protected static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        Assert.SkipUnless(Kind == RedisKind.Garnet || RedisServers.HasRedis, "redis-server is not installed on this machine");
        Acs = await FakeAcs.StartAsync();
        var redis = await servers.GetAsync(Kind);
        Settings = CallControlHost.Settings(redis.ConnectionString, RedisServers.UniqueName(), Acs);
        Configure(Settings);
    }

    /// <summary>Settings of the class's own.</summary>
    private protected virtual void Configure(Dictionary<string, string?> settings)
    {
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var started in Enumerable.Reverse(_started)) await started.DisposeAsync();
        if (Acs is not null) await Acs.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    private protected async Task<CallControlHost> StartAsync() => Keep(await CallControlHost.StartAsync(Settings));

    private protected async Task<FakeGateway> StartGatewayAsync(CallControlHost host, int capacity, string id = "gateway-1") =>
        Gateway = Keep(await FakeGateway.StartAsync(host.Services, capacity, id));

    private protected T Keep<T>(T started)
        where T : IAsyncDisposable
    {
        _started.Add(started);
        return started;
    }

    private protected static string CallIdOf(string correlationId, string context) => CallId.Of(correlationId, context);

    /// <summary>A call that has been answered; its id and the service's.</summary>
    private protected static async Task<(string CallId, string ConnectionId)> AnsweredAsync(CallControlHost host, string name = "one")
    {
        (await host.DeliverAsync($"[{Payloads.IncomingCall(name, $"ctx-{name}")}]")).EnsureSuccessStatusCode();
        var record = await host.CallAsync(CallIdOf(name, $"ctx-{name}"), r => r.CallConnectionId is not null, "the answer");
        return (record.CallId, record.CallConnectionId!);
    }

    /// <summary>A replica, a gateway, and a call that is connected; its id and the service's.</summary>
    private protected async Task<(CallControlHost Host, string CallId, string ConnectionId)> ConnectedAsync()
    {
        var host = await StartAsync();
        await StartGatewayAsync(host, capacity: 10);
        var (callId, connectionId) = await AnsweredAsync(host);
        await ConnectAsync(host, callId, connectionId);
        return (host, callId, connectionId);
    }

    /// <summary>Moves the call on to connected, by the service's notice.</summary>
    private protected async Task ConnectAsync(CallControlHost host, string callId, string connectionId)
    {
        (await host.CallBackAsync(callId, Acs.Token(), Payloads.Callback("CallConnected", connectionId))).EnsureSuccessStatusCode();
        await host.CallAsync(callId, r => r.State is VoiceBridge.Cluster.Calls.CallState.Connected, "the connected state");
    }
}
