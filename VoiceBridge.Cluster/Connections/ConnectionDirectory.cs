using System.Globalization;
using System.Text;
using System.Text.Json;
using StackExchange.Redis;
using VoiceBridge.Cluster.Calls;
using VoiceBridge.Cluster.Events;
using VoiceBridge.Cluster.Redis;

namespace VoiceBridge.Cluster.Connections;

/// <summary>The media sockets of the whole cluster.</summary>
public sealed class ConnectionDirectory
{
    /// <summary>Before the JSON stand hash, connection id, time and generation, which is only known when the JSON is written already.</summary>
    private const int Prefixes = 4;

    private readonly ClusterRedis _redis;
    private readonly CallStore _calls;
    private readonly ClusterEvents _events;
    private readonly TimeProvider _time;

    internal ConnectionDirectory(ClusterRedis redis, CallStore calls, ClusterEvents events, TimeProvider time) =>
        (_redis, _calls, _events, _time) = (redis, calls, events, time);

    /// <summary>
    /// One step: the call's reservation becomes a connection, its media generation rises and its media are open. An earlier connection of
    /// the call no longer counts. Works for calls that have no reservation (reconnects, browser callers) and for unknown ones.
    /// Nothing is registered when the call is over (<see cref="Registration.CallOver"/>).
    /// </summary>
    public async Task<Registration> RegisterAsync(ConnectionRecord connection, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(connection);
        var keys = _redis.Keys;
        var result = (RedisResult[])(await _redis.RunAsync(
            ConnectionScripts.Register,
            [
                keys.GatewayCalls(connection.GatewayId), keys.GatewayHeartbeats, keys.ReservationLeases, keys.ReservedEndpoints, keys.Waiting, keys.WaitingAt, keys.LiveCalls,
                keys.Due, keys.DueOwners, keys.CallRecord(connection.CallId),
            ],
            [
                connection.ConnectionId, connection.CallId, connection.GatewayId, connection.Type, connection.CorrelationId, connection.CallerId,
                connection.Agent ?? "", HashOf(connection), Json(connection),
            ],
            ct))!;
        var generation = (long)result[0];
        if (generation == 0) return new Registration(0, null, false) { CallOver = true };
        if ((string?)result[3] is { Length: > 0 } gateway && gateway != connection.GatewayId)
            await OvertakeAsync(gateway, connection.CallId, (string)result[4]!, ct);
        await _events.PublishAsync(new ClusterEvent("connection", connection.CallId, connection.GatewayId, "registered"), ct);
        var endpoint = (string?)result[1];
        return new Registration(generation, string.IsNullOrEmpty(endpoint) ? null : endpoint, (bool)result[2])
        {
            AnsweredAt = (string?)result[5] is { Length: > 0 } ? DateTimeOffset.FromUnixTimeMilliseconds((long)result[5]) : null,
        };
    }

    /// <summary>Removes the connection; if it is the call's current one, the call's media are gone (<paramref name="reason"/> goes to its timeline).</summary>
    public async Task UnregisterAsync(ConnectionRecord connection, string reason, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(connection);
        var keys = _redis.Keys;
        var current = (bool)await _redis.RunAsync(
            ConnectionScripts.Unregister,
            [keys.GatewayCalls(connection.GatewayId), keys.LiveCalls, keys.Due, keys.DueOwners, keys.CallRecord(connection.CallId)],
            [connection.ConnectionId, connection.CallId],
            ct);
        await _events.PublishAsync(new ClusterEvent("connection", connection.CallId, connection.GatewayId, "unregistered"), ct);
        if (current) await _calls.AddEventAsync(connection.CallId, new CallEvent(_time.GetUtcNow(), "media_closed", reason), ct);
    }

    /// <summary>All live connections, oldest first.</summary>
    public async Task<IReadOnlyList<ConnectionRecord>> ListAsync(CancellationToken ct)
    {
        var gateways = await _redis.AskAsync(db => db.SortedSetRangeByRankAsync(_redis.Keys.GatewayHeartbeats), ct);
        var entries = await _redis.AskAsync(db => Task.WhenAll(gateways.Select(gateway => db.HashValuesAsync(_redis.Keys.GatewayCalls(gateway.ToString())))), ct);
        return [.. entries.SelectMany(values => values).Select(value => Read(value)).OfType<ConnectionRecord>().OrderBy(connection => connection.ConnectedAt)];
    }

    /// <summary>The call's connection on the gateway; null when it has none there.</summary>
    public async Task<ConnectionRecord?> FindAsync(string gatewayId, string callId, CancellationToken ct) =>
        Read(await _redis.AskAsync(db => db.HashGetAsync(_redis.Keys.GatewayCalls(gatewayId), callId), ct));

    /// <summary>Those of the calls that the gateway has no connection of.</summary>
    public async Task<IReadOnlyList<string>> FindMissingAsync(string gatewayId, IReadOnlyList<string> callIds, CancellationToken ct)
    {
        var entries = await _redis.AskAsync(db => db.HashGetAsync(_redis.Keys.GatewayCalls(gatewayId), [.. callIds.Select(id => (RedisValue)id)]), ct);
        return [.. callIds.Where((_, i) => entries[i].IsNull)];
    }

    internal Task OvertakeAsync(string gatewayId, string callId, string connectionId, CancellationToken ct) =>
        _redis.RunAsync(ConnectionScripts.Overtake, [_redis.Keys.GatewayCalls(gatewayId)], [callId, connectionId], ct);

    internal static byte[] Json(ConnectionRecord connection) => JsonSerializer.SerializeToUtf8Bytes(connection, ClusterJson.Default.ConnectionRecord);

    /// <summary>FNV-1a of the connection's id in 31 bits: added up, they tell whether two sets of connections are the same.</summary>
    internal static long HashOf(ConnectionRecord connection)
    {
        var hash = 2_166_136_261u;
        foreach (var octet in Encoding.UTF8.GetBytes(connection.ConnectionId)) hash = (hash ^ octet) * 16_777_619u;
        return hash & int.MaxValue;
    }

    private static ConnectionRecord? Read(RedisValue value)
    {
        if (value.IsNull) return null;
        var rest = ((ReadOnlyMemory<byte>)value).Span;
        var generation = 0L;
        for (var i = 0; i < Prefixes; i++)
        {
            var space = rest.IndexOf((byte)' ');
            if (space < 0) return null;
            if (i == Prefixes - 1 && !long.TryParse(rest[..space], NumberStyles.None, CultureInfo.InvariantCulture, out generation)) return null;
            rest = rest[(space + 1)..];
        }

        return ClusterJson.Read(rest, ClusterJson.Default.ConnectionRecord) is { } connection ? connection with { Generation = generation } : null;
    }
}
