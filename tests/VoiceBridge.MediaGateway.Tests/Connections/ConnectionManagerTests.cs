using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using VoiceBridge.MediaGateway.Calls;
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
        Assert.True(manager.TryRegister(Connection("a1"), out _));
        Assert.False(manager.TryRegister(Connection("b2"), out _));
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
        manager.TryRegister(Connection("a"), out _);
        manager.TryRegister(Connection("b"), out _);
        Assert.True(manager.Unregister("a"));
        Assert.False(manager.Unregister("a"));
        Assert.Equal(1, manager.ActiveConnections);
    }

    [Fact]
    public async Task RacingRegistrations_FillTheLimitExactly()
    {
        var manager = Manager(100);
        var admitted = await Task.WhenAll(Enumerable.Range(0, 400)
            .Select(i => Task.Run(() => manager.TryRegister(Connection($"c{i}"), out _), TestContext.Current.CancellationToken)));
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
                if (!manager.TryRegister(Connection(id), out _))
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
        manager.TryRegister(Connection("a"), out _);
        manager.Draining = true;
        Assert.False(manager.TryRegister(Connection("b"), out _));
        Assert.False(manager.Ready);
        Assert.Equal(1, manager.ActiveConnections);
    }

    [Fact]
    public void SecondSocketOfACall_TakesTheSlotOver_AlsoWhereNoneIsFree()
    {
        var manager = Manager(2);
        manager.TryRegister(Connection("other"), out _);
        var first = Connection("first", "call");
        var second = Connection("second", "call");
        Assert.True(manager.TryRegister(first, out _));
        Assert.True(manager.TryRegister(second, out _));
        Assert.Equal(2, manager.ActiveConnections);
        Assert.Equal(["other", "second"], manager.Snapshot().Select(connection => connection.ConnectionId).Order());
        Assert.Equal([first], manager.Older(second));
        Assert.Empty(manager.Older(first));
        Assert.True(manager.Unregister("first"));
        Assert.Equal(2, manager.ActiveConnections);
        Assert.True(manager.Unregister("second"));
        Assert.Equal(1, manager.ActiveConnections);
    }

    [Fact]
    public void SocketsOfACall_AreLimited_UntilEarlierOnesHaveClosed()
    {
        var manager = Manager(10);
        for (var i = 0; i < 4; i++)
            Assert.True(manager.TryRegister(Connection($"{i}", "call"), out _));
        Assert.False(manager.TryRegister(Connection("4", "call"), out var refusal));
        Assert.Equal("too many sockets of one call", refusal);
        Assert.True(manager.TryRegister(Connection("other"), out _));
        manager.Unregister("0");
        Assert.True(manager.TryRegister(Connection("4", "call"), out _));
    }

    private static void InterlockedMax(ref int target, int value)
    {
        int current;
        while ((current = Volatile.Read(ref target)) < value && Interlocked.CompareExchange(ref target, value, current) != current)
        {
        }
    }

    private ConnectionManager Manager(int max) => new(Options.Create(new GatewayOptions { MaxConnections = max }), _time, _logger);

    private Connection Connection(string id, string? call = null) => new()
    {
        ConnectionId = id,
        CallId = call ?? $"call of {id}",
        CorrelationId = "correlation",
        CallerId = "+1234567890",
        CallerShown = "+1234567890",
        Type = "acs",
        ConnectedAt = _time.GetUtcNow(),
    };
}
