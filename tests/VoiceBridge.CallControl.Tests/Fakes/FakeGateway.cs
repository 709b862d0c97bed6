using Microsoft.Extensions.DependencyInjection;
using VoiceBridge.Cluster.Connections;
using VoiceBridge.Cluster.Gateways;

namespace VoiceBridge.CallControl.Tests.Fakes;

/// <summary>A gateway as the cluster sees one: it announces itself each second until it is disposed (then it is silent, as a dead one).</summary>
internal sealed class FakeGateway : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _beating;
    private int _disposed;

    private FakeGateway(IServiceProvider services, string id, int capacity)
    {
        Id = id;
        _beating = BeatAsync(services.GetRequiredService<GatewayRegistry>(), capacity);
    }

    public string Id { get; }

    /// <summary>The connections that it announces along.</summary>
    public List<ConnectionRecord> Connections { get; } = [];

    public static async Task<FakeGateway> StartAsync(IServiceProvider services, int capacity, string id = "gateway-1")
    {
        var gateway = new FakeGateway(services, id, capacity);
        var registry = services.GetRequiredService<GatewayRegistry>();
        await Testing.Eventually.True(
            async () => (await registry.ListAsync(TestContext.Current.CancellationToken)).Any(g => g.Heartbeat.GatewayId == id), what: "the gateway's heartbeat");
        return gateway;
    }

    /// <summary>Takes a media socket of a call, and announces it from now on.</summary>
    public async Task OpenAsync(ConnectionDirectory directory, ConnectionRecord connection)
    {
        var registration = await directory.RegisterAsync(connection with { GatewayId = Id }, CancellationToken.None);
        lock (Connections)
        {
            Connections.RemoveAll(other => other.CallId == connection.CallId);
            Connections.Add(connection with { GatewayId = Id, Generation = registration.Generation });
        }
    }

    /// <summary>The media socket of a call is closed, and nobody is told (<see cref="CloseAsync"/>).</summary>
    public ConnectionRecord Lose(string callId)
    {
        lock (Connections)
        {
            var connection = Connections.Single(other => other.CallId == callId);
            Connections.Remove(connection);
            return connection;
        }
    }

    public Task CloseAsync(ConnectionDirectory directory, string callId, string reason) => directory.UnregisterAsync(Lose(callId), reason, CancellationToken.None);

    public async ValueTask DisposeAsync()
    {
        // One that a test has let die is disposed of with the test, too.
        if (Interlocked.Exchange(ref _disposed, 1) == 1) return;
        await _stop.CancelAsync();
        await _beating;
        _stop.Dispose();
    }

    private async Task BeatAsync(GatewayRegistry registry, int capacity)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(500));
        try
        {
            do
            {
                ConnectionRecord[] mine;
                lock (Connections) mine = [.. Connections];
                var heartbeat = new GatewayHeartbeat
                {
                    GatewayId = Id,
                    Version = "1.2.3",
                    Capacity = capacity,
                    Active = mine.Length,
                    StartedAt = DateTimeOffset.UtcNow,
                    Endpoints = [new VoiceLiveEndpointStatus("vl", 10_000, Healthy: true)],
                };
                try
                {
                    await registry.AnnounceAsync(heartbeat, mine, _stop.Token);
                }
                catch (Exception exception) when (exception is StackExchange.Redis.RedisException or TimeoutException)
                {
                    // Redis is away: it goes on trying, as a gateway does.
                }
            }
            while (await timer.WaitForNextTickAsync(_stop.Token));
        }
        catch (OperationCanceledException)
        {
            // Dead from here on.
        }
    }
}
