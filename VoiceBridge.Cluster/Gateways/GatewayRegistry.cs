using System.Collections.Concurrent;
using System.Text.Json;
using StackExchange.Redis;
using VoiceBridge.Cluster.Connections;
using VoiceBridge.Cluster.Events;
using VoiceBridge.Cluster.Redis;

namespace VoiceBridge.Cluster.Gateways;

/// <summary>The media gateways of the cluster.</summary>
public sealed class GatewayRegistry
{
    /// <summary>Without a heartbeat for this long, a gateway is shown as suspect.</summary>
    public static readonly TimeSpan SuspectAfter = TimeSpan.FromSeconds(3);

    /// <summary>Without a heartbeat for this long, a gateway counts for nothing.</summary>
    public static readonly TimeSpan DeadAfter = TimeSpan.FromSeconds(5);

    // A script keeps everybody else waiting: a gateway with many calls sends several short ones.
    private const int ConnectionsPerScript = 50;

    private readonly ClusterRedis _redis;
    private readonly ClusterEvents _events;
    private readonly ClusterClock _clock;

    // Of this process: one, but for tests.
    private readonly ConcurrentDictionary<string, bool> _announced = new();

    internal GatewayRegistry(ClusterRedis redis, ClusterEvents events, ClusterClock clock) => (_redis, _events, _clock) = (redis, events, clock);

    /// <summary>
    /// The gateway's heartbeat, once a second, with all the connections that it has, so that the view rebuilds itself after a loss. Its connections
    /// come first: a gateway that is known before them would look empty, and calls would be let in that nobody has room for.
    /// </summary>
    public async Task<AnnounceReply> AnnounceAsync(GatewayHeartbeat heartbeat, IReadOnlyCollection<ConnectionRecord> mine, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(heartbeat);
        ArgumentNullException.ThrowIfNull(mine);
        var keys = _redis.Keys;
        var doubtful = await Task.WhenAll(mine.Chunk(ConnectionsPerScript).Select(some => RenewAsync(some, ct)));
        // Nearly always none.
        var replies = await Task.WhenAll(doubtful.SelectMany(some => some).Chunk(ConnectionsPerScript).Select(some => AnnounceAsync(heartbeat.GatewayId, some, ct)));
        var lists = replies.Select(reply => (RedisResult[])reply!).ToList();

        var sent = _clock.GetTimestamp();
        var beat = (RedisResult[])(await _redis.RunAsync(
            GatewayScripts.Heartbeat,
            [keys.Gateways, keys.Gateway, keys.Orders, keys.Connections, keys.Connection, keys.Since, keys.Settling],
            [
                heartbeat.GatewayId, JsonSerializer.SerializeToUtf8Bytes(heartbeat, ClusterJson.Default.GatewayHeartbeat), heartbeat.Draining ? 1 : 0,
                _announced.ContainsKey(heartbeat.GatewayId) ? 1 : 0,
            ],
            ct))!;
        _announced.TryAdd(heartbeat.GatewayId, true);
        _clock.Saw((long)beat[0], sent);
        _ = Enum.TryParse<GatewayOrder>((string?)beat[1], out var wanted);
        return new AnnounceReply(wanted, [.. lists.SelectMany(list => (string[])list[0]!)], [.. lists.SelectMany(list => (string[])list[1]!)]);
    }

    /// <summary>Takes the gateway out of the cluster at once.</summary>
    public async Task LeaveAsync(string gatewayId, CancellationToken ct)
    {
        ArgumentException.ThrowIfNullOrEmpty(gatewayId);
        _announced.TryRemove(gatewayId, out _);
        await _redis.RunAsync(GatewayScripts.Leave, [_redis.Keys.Gateways, _redis.Keys.Gateway, _redis.Keys.Orders], [gatewayId], ct);
        await _events.PublishAsync(new ClusterEvent("gateway", GatewayId: gatewayId, Detail: "left"), ct);
    }

    /// <summary>All gateways heard of in the last 15 s, dead ones too, oldest process first.</summary>
    public async Task<IReadOnlyList<GatewayView>> ListAsync(CancellationToken ct)
    {
        var sent = _clock.GetTimestamp();
        var result = (RedisResult[])(await _redis.RunAsync(GatewayScripts.List, [_redis.Keys.Gateways, _redis.Keys.Gateway], [], ct))!;
        _clock.Saw((long)result[0], sent);
        return
        [
            .. result.Skip(1).Chunk(2)
                .Select(pair => View(TimeSpan.FromMilliseconds((long)pair[0]), ClusterJson.Read((byte[])pair[1]!, ClusterJson.Default.GatewayHeartbeat)))
                .OfType<GatewayView>()
                .OrderBy(view => view.Heartbeat.StartedAt)
                .ThenBy(view => view.Heartbeat.GatewayId, StringComparer.Ordinal),
        ];
    }

    /// <summary>Leaves an order for a gateway; it is repeated until its heartbeat shows that it is done. <see cref="GatewayOrder.None"/> takes it back.</summary>
    public async Task OrderAsync(string gatewayId, GatewayOrder order, CancellationToken ct)
    {
        ArgumentException.ThrowIfNullOrEmpty(gatewayId);
        await _redis.RunAsync(GatewayScripts.Order, [_redis.Keys.Orders], [gatewayId, order == GatewayOrder.None ? "" : order.ToString()], ct);
        await _events.PublishAsync(new ClusterEvent("gateway", GatewayId: gatewayId, Detail: $"order {order}"), ct);
    }

    /// <summary>Renews those that Redis knows as they are; returns the others.</summary>
    private async Task<IEnumerable<ConnectionRecord>> RenewAsync(ConnectionRecord[] mine, CancellationToken ct)
    {
        var keys = _redis.Keys;
        var scriptKeys = new RedisKey[mine.Length + 3];
        var values = new RedisValue[mine.Length * 2];
        (scriptKeys[0], scriptKeys[1], scriptKeys[2]) = (keys.Connections, keys.Calls, keys.Connection);
        for (var i = 0; i < mine.Length; i++)
        {
            scriptKeys[i + 3] = keys.Call(mine[i].CallId);
            (values[2 * i], values[2 * i + 1]) = (mine[i].ConnectionId, mine[i].CallId);
        }

        var doubtful = (int[])(await _redis.RunAsync(GatewayScripts.Renew, scriptKeys, values, ct))!;
        return doubtful.Select(place => mine[place - 1]);
    }

    private Task<RedisResult> AnnounceAsync(string gatewayId, ConnectionRecord[] mine, CancellationToken ct)
    {
        var keys = _redis.Keys;
        return _redis.RunAsync(
            GatewayScripts.Connections,
            [keys.Connections, keys.Connection, keys.Reservations, keys.Reservation, keys.Calls, keys.MediaLost, .. mine.Select(connection => keys.Call(connection.CallId))],
            [gatewayId, .. mine.SelectMany(Values)],
            ct);
    }

    private static RedisValue[] Values(ConnectionRecord connection) =>
    [
        connection.ConnectionId, connection.CallId, connection.Generation, connection.Type, connection.CorrelationId, connection.CallerId,
        connection.Agent ?? "", connection.ConnectedAt.ToUnixTimeMilliseconds(), ConnectionDirectory.Json(connection),
    ];

    private static GatewayView? View(TimeSpan age, GatewayHeartbeat? heartbeat)
    {
        if (heartbeat is null) return null;
        var state = age >= DeadAfter ? GatewayState.Dead
            : age >= SuspectAfter ? GatewayState.Suspect
            : heartbeat.Draining ? GatewayState.Draining
            : heartbeat.Active >= heartbeat.Capacity ? GatewayState.Full
            : GatewayState.Ready;
        return new GatewayView(heartbeat, age, state);
    }
}
