using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
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

    /// <summary>How long a dead gateway is listed.</summary>
    public static readonly TimeSpan DeadKept = TimeSpan.FromHours(1);

    // A script keeps everybody else waiting: a gateway with many calls sends several short ones.
    private const int ConnectionsPerScript = 50;

    private readonly ClusterRedis _redis;
    private readonly ConnectionDirectory _connections;
    private readonly ClusterEvents _events;
    private readonly ClusterLog _log;
    private readonly ClusterClock _clock;

    // Of this process: one, but for tests.
    private readonly ConcurrentDictionary<string, bool> _announced = new();

    internal GatewayRegistry(ClusterRedis redis, ConnectionDirectory connections, ClusterEvents events, ClusterLog log, ClusterClock clock) =>
        (_redis, _connections, _events, _log, _clock) = (redis, connections, events, log, clock);

    /// <summary>
    /// The gateway's heartbeat, once a second, with all the connections that it has. One step while the cluster knows just these; otherwise they are written anew, so
    /// that the view rebuilds itself after a loss.
    /// </summary>
    public async Task<AnnounceReply> AnnounceAsync(GatewayHeartbeat heartbeat, IReadOnlyCollection<ConnectionRecord> mine, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(heartbeat);
        ArgumentNullException.ThrowIfNull(mine);
        var again = _announced.ContainsKey(heartbeat.GatewayId);
        var beat = await BeatAsync(heartbeat, mine, again, announced: false, ct);
        _announced.TryAdd(heartbeat.GatewayId, true);
        if (beat.Same) return new AnnounceReply(beat.Order, [], []);

        var keys = _redis.Keys;
        await _redis.RunAsync(
            ConnectionScripts.Reconcile,
            [keys.GatewayCalls(heartbeat.GatewayId), keys.Due, keys.DueOwners],
            [.. mine.Select(connection => (RedisValue)connection.CallId)],
            ct);
        var replies = await Task.WhenAll(mine.Chunk(ConnectionsPerScript).Select(some => WriteAsync(heartbeat.GatewayId, some, ct)));
        beat = await BeatAsync(heartbeat, mine, again, announced: true, ct);
        return new AnnounceReply(
            beat.Order, [.. replies.SelectMany(reply => (string[])reply[0]!).Distinct()], [.. replies.SelectMany(reply => (string[])reply[1]!)]);
    }

    /// <summary>Takes the gateway out of the cluster at once. Calls that it still has are due.</summary>
    public async Task LeaveAsync(string gatewayId, CancellationToken ct)
    {
        ArgumentException.ThrowIfNullOrEmpty(gatewayId);
        _announced.TryRemove(gatewayId, out _);
        var keys = _redis.Keys;
        var left = (int)await _redis.RunAsync(
            GatewayScripts.Leave,
            [
                keys.GatewayHeartbeats, keys.GatewayDetails, keys.GatewayCapacities, keys.GatewayEndpoints, keys.Orders, keys.GatewayCalls(gatewayId),
                keys.ReservationLeases, keys.Due, keys.DueOwners,
            ],
            [gatewayId],
            ct);
        await _events.PublishAsync(new ClusterEvent("gateway", GatewayId: gatewayId, Detail: "left"), ct);
        await _log.AddAsync(ClusterLogKind.GatewayStopped, ct, gatewayId, count: left);
    }

    /// <summary>
    /// The gateway is dead: its calls are due now, and keep their slots for 15 s. Nothing is changed in the calls: a gateway that only seemed dead has them again
    /// with its next heartbeat. Returns how many there were.
    /// </summary>
    public async Task<int> AbandonCallsAsync(string gatewayId, CancellationToken ct)
    {
        ArgumentException.ThrowIfNullOrEmpty(gatewayId);
        var keys = _redis.Keys;
        return (int)await _redis.RunAsync(
            GatewayScripts.AbandonCalls, [keys.GatewayCalls(gatewayId), keys.ReservationLeases, keys.Due, keys.DueOwners], [], ct);
    }

    /// <summary>All gateways heard of in the last 15 s, dead ones too, oldest process first.</summary>
    public async Task<IReadOnlyList<GatewayView>> ListAsync(CancellationToken ct)
    {
        var sent = _clock.GetTimestamp();
        var result = (RedisResult[])(await _redis.RunAsync(GatewayScripts.List, [_redis.Keys.GatewayHeartbeats, _redis.Keys.GatewayDetails], [], ct))!;
        _clock.RecordServerTime((long)result[0], sent);
        return
        [
            .. result.Skip(1).Chunk(2)
                .Select(pair => View(TimeSpan.FromMilliseconds((long)pair[0]), ClusterJson.Read((byte[])pair[1]!, ClusterJson.Default.GatewayHeartbeat)))
                .OfType<GatewayView>()
                .OrderBy(view => view.Heartbeat.StartedAt)
                .ThenBy(view => view.Heartbeat.GatewayId, StringComparer.Ordinal),
        ];
    }

    /// <summary>
    /// Writes down that the gateway has not been heard of for <see cref="DeadAfter"/>, for the log and for <see cref="ListDeadAsync"/>. Several replicas may: the first
    /// one does it. Nothing is done to its calls.
    /// </summary>
    public async Task RecordDeathAsync(string gatewayId, CancellationToken ct)
    {
        ArgumentException.ThrowIfNullOrEmpty(gatewayId);
        var keys = _redis.Keys;
        var died = (RedisResult[])(await _redis.RunAsync(
            GatewayScripts.RecordDeath,
            [keys.GatewayHeartbeats, keys.GatewayDetails, keys.GatewayCalls(gatewayId), keys.DeadGateways, keys.Due, keys.DueOwners],
            [gatewayId],
            ct))!;
        if ((long)died[0] < 0) return;
        var at = DateTimeOffset.FromUnixTimeMilliseconds((long)died[0]);
        await _log.AddAsync(ClusterLogKind.GatewayDied, ct, gatewayId, count: Dead((string)died[1]!, at)?.CallsLeft ?? 0, at: at);
    }

    /// <summary>The gateways that died within the last hour and did not come back, the latest death first.</summary>
    public async Task<IReadOnlyList<GatewayView>> ListDeadAsync(CancellationToken ct)
    {
        var now = _clock.GetUtcNow();
        var entries = await _redis.AskAsync(db => db.HashGetAllAsync(_redis.Keys.DeadGateways), ct);
        return [.. entries.Select(entry => Dead(entry.Value.ToString(), now)).OfType<GatewayView>().OrderByDescending(gateway => gateway.DiedAt)];
    }

    /// <summary>Some of its calls may have moved by now: what it had by its last heartbeat counts too.</summary>
    private static GatewayView? Dead(string entry, DateTimeOffset now)
    {
        if (entry.Split(' ', 3) is not [var heard, var calls, var json] || !long.TryParse(heard, CultureInfo.InvariantCulture, out var at)) return null;
        var died = DateTimeOffset.FromUnixTimeMilliseconds(at);
        if (now - died > DeadKept || ClusterJson.Read(Encoding.UTF8.GetBytes(json), ClusterJson.Default.GatewayHeartbeat) is not { } heartbeat) return null;
        return new GatewayView(heartbeat, now - died, GatewayState.Dead) { DiedAt = died, CallsLeft = Math.Max(int.Parse(calls, CultureInfo.InvariantCulture), heartbeat.Active) };
    }

    /// <summary>Leaves an order for a gateway; it is repeated until its heartbeat shows that it is done. <see cref="GatewayOrder.None"/> takes it back.</summary>
    public async Task OrderAsync(string gatewayId, GatewayOrder order, CancellationToken ct)
    {
        ArgumentException.ThrowIfNullOrEmpty(gatewayId);
        await _redis.RunAsync(GatewayScripts.Order, [_redis.Keys.Orders], [gatewayId, order == GatewayOrder.None ? "" : order.ToString()], ct);
        await _events.PublishAsync(new ClusterEvent("gateway", GatewayId: gatewayId, Detail: $"order {order}"), ct);
    }

    private async Task<(GatewayOrder Order, bool Same)> BeatAsync(
        GatewayHeartbeat heartbeat, IReadOnlyCollection<ConnectionRecord> mine, bool again, bool announced, CancellationToken ct)
    {
        var keys = _redis.Keys;
        var sent = _clock.GetTimestamp();
        var beat = (RedisResult[])(await _redis.RunAsync(
            GatewayScripts.Heartbeat,
            [
                keys.GatewayHeartbeats, keys.GatewayDetails, keys.GatewayCapacities, keys.GatewayEndpoints, keys.Orders, keys.Since, keys.Settling,
                keys.GatewayCalls(heartbeat.GatewayId), keys.DeadGateways, keys.KnownSince,
            ],
            [
                heartbeat.GatewayId, JsonSerializer.SerializeToUtf8Bytes(heartbeat, ClusterJson.Default.GatewayHeartbeat),
                heartbeat.Draining ? 0 : heartbeat.Capacity, EndpointLines(heartbeat), heartbeat.Draining ? 1 : 0,
                again ? 1 : 0, announced ? 1 : 0, mine.Count, mine.Sum(ConnectionDirectory.HashOf),
            ],
            ct))!;
        _clock.RecordServerTime((long)beat[0], sent);
        _ = Enum.TryParse<GatewayOrder>((string?)beat[1], out var wanted);
        await LogAsync((string?)beat[3], heartbeat, ct);
        return (wanted, (bool)beat[2]);
    }

    private Task LogAsync(string? news, GatewayHeartbeat heartbeat, CancellationToken ct) => news switch
    {
        "started" => _log.AddAsync(ClusterLogKind.GatewayStarted, ct, heartbeat.GatewayId, detail: heartbeat.Version),
        "returned" => _log.AddAsync(ClusterLogKind.GatewayReturned, ct, heartbeat.GatewayId),
        "emptied" => _log.AddAsync(ClusterLogKind.RedisEmptied, ct, once: true),
        _ => Task.CompletedTask,
    };

    /// <summary>As admission reads them: plain numbers and names, no JSON.</summary>
    private static string EndpointLines(GatewayHeartbeat heartbeat) => string.Join('\n', heartbeat.Endpoints.Select(endpoint =>
        string.Create(CultureInfo.InvariantCulture, $"{Math.Max(0, endpoint.ConnectionsPerMinute)} {(endpoint.Healthy ? 1 : 0)} {endpoint.Name}")));

    private async Task<RedisResult[]> WriteAsync(string gatewayId, ConnectionRecord[] mine, CancellationToken ct)
    {
        var keys = _redis.Keys;
        var reply = (RedisResult[])(await _redis.RunAsync(
            ConnectionScripts.Announce,
            [
                keys.GatewayCalls(gatewayId), keys.ReservationLeases, keys.ReservedEndpoints, keys.LiveCalls, keys.Due, keys.DueOwners,
                .. mine.Select(connection => keys.CallRecord(connection.CallId)),
            ],
            [gatewayId, .. mine.SelectMany(Values)],
            ct))!;
        // Nearly always none.
        foreach (var elsewhere in ((string[])reply[2]!).Chunk(3)) await _connections.OvertakeAsync(elsewhere[0], elsewhere[1], elsewhere[2], ct);
        return reply;
    }

    private static RedisValue[] Values(ConnectionRecord connection) =>
    [
        connection.ConnectionId, connection.CallId, connection.Generation, connection.Type, connection.CorrelationId, connection.CallerId,
        connection.Agent ?? "", connection.ConnectedAt.ToUnixTimeMilliseconds(), ConnectionDirectory.HashOf(connection), ConnectionDirectory.Json(connection),
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
