using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using VoiceBridge.MediaGateway.Connections;

namespace VoiceBridge.MediaGateway.Tests.Connections;

public sealed class ConnectionManagerTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly FakeLogger<ConnectionManager> _logger = new();

    [Fact]
    public void Limit_IsAHundredUnlessSet() =>
        Assert.Equal(100, new ConnectionManager(Options.Create(new GatewayOptions()), _time, _logger).MaxConnections);

    [Fact]
    public void LogLines_AreThoseOfTheSpecification()
    {
        var manager = Manager(1);
        Assert.True(manager.TryRegister(Connection("a1")));
        Assert.False(manager.TryRegister(Connection("b2")));
        _time.Advance(TimeSpan.FromMilliseconds(120_549));
        Assert.True(manager.Unregister("a1"));
        Assert.Equal(
            [
                "Connection registered: a1 (type=acs, caller=+1234567890). Active connections: 1/1",
                "Failed to register connection b2 - connection limit reached",
                "Connection unregistered: a1 (duration=120.5s). Active connections: 0/1",
            ],
            _logger.Collector.GetSnapshot().Select(record => record.Message));
    }

    [Fact]
    public void Unregister_TwiceCountsOnce()
    {
        var manager = Manager(2);
        manager.TryRegister(Connection("a"));
        manager.TryRegister(Connection("b"));
        Assert.True(manager.Unregister("a"));
        Assert.False(manager.Unregister("a"));
        Assert.Equal(1, manager.ActiveConnections);
    }

    [Fact]
    public async Task RacingRegistrations_FillTheLimitExactly()
    {
        var manager = Manager(100);
        var admitted = await Task.WhenAll(Enumerable.Range(0, 400)
            .Select(i => Task.Run(() => manager.TryRegister(Connection($"c{i}")), TestContext.Current.CancellationToken)));
        Assert.Equal(100, admitted.Count(yes => yes));
        Assert.Equal(100, manager.ActiveConnections);
        Assert.False(manager.Ready);
    }

    [Fact]
    public async Task RacingComingsAndGoings_NeverExceedTheLimit_AndLeaveNobody()
    {
        var manager = Manager(10);
        var most = 0;
        await Task.WhenAll(Enumerable.Range(0, 16).Select(worker => Task.Run(() =>
        {
            for (var i = 0; i < 500; i++)
            {
                var id = $"{worker}-{i}";
                if (!manager.TryRegister(Connection(id)))
                    continue;
                InterlockedMax(ref most, manager.ActiveConnections);
                Assert.True(manager.Unregister(id));
            }
        }, TestContext.Current.CancellationToken)));
        Assert.InRange(most, 1, 10);
        Assert.Equal(0, manager.ActiveConnections);
    }

    [Fact]
    public void Draining_TakesNobody_AndKeepsWhoIsThere()
    {
        var manager = Manager(10);
        manager.TryRegister(Connection("a"));
        manager.Draining = true;
        Assert.False(manager.TryRegister(Connection("b")));
        Assert.False(manager.Ready);
        Assert.Equal(1, manager.ActiveConnections);
    }

    private static void InterlockedMax(ref int target, int value)
    {
        int current;
        while ((current = Volatile.Read(ref target)) < value && Interlocked.CompareExchange(ref target, value, current) != current)
        {
        }
    }

    private ConnectionManager Manager(int max) => new(Options.Create(new GatewayOptions { MaxConnections = max }), _time, _logger);

    private Connection Connection(string id) => new()
    {
        ConnectionId = id,
        CallId = "call",
        CorrelationId = "correlation",
        CallerId = "+1234567890",
        CallerShown = "+1234567890",
        Type = "acs",
        ConnectedAt = _time.GetUtcNow(),
    };
}
