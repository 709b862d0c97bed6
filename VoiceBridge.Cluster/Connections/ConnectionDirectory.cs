using System.Buffers.Text;
using System.Text.Json;
using StackExchange.Redis;
using VoiceBridge.Cluster.Calls;
using VoiceBridge.Cluster.Events;
using VoiceBridge.Cluster.Redis;

namespace VoiceBridge.Cluster.Connections;

/// <summary>The media sockets of the whole cluster.</summary>
public sealed class ConnectionDirectory
{
    private readonly ClusterRedis _redis;
    private readonly ClusterEvents _events;
    private readonly TimeProvider _time;

    internal ConnectionDirectory(ClusterRedis redis, ClusterEvents events, TimeProvider time) => (_redis, _events, _time) = (redis, events, time);

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
                keys.Connections, keys.Connection, keys.Reservations, keys.Reservation, keys.Waiting, keys.Asking, keys.Calls, keys.MediaLost,
                keys.Call(connection.CallId),
            ],
            [
                connection.ConnectionId, connection.CallId, connection.GatewayId, connection.Type, connection.CorrelationId, connection.CallerId,
                connection.Agent ?? "", Json(connection),
            ],
            ct))!;
        var generation = (long)result[0];
        if (generation == 0) return new Registration(0, null, false) { CallOver = true };
        await _events.PublishAsync(new ClusterEvent("connection", connection.CallId, connection.GatewayId, "registered"), ct);
        var endpoint = (string?)result[1];
        return new Registration(generation, string.IsNullOrEmpty(endpoint) ? null : endpoint, (bool)result[2]);
    }

    /// <summary>Removes the connection; if it is the call's current one, the call's media are gone (<paramref name="reason"/> goes to its timeline).</summary>
    public async Task UnregisterAsync(ConnectionRecord connection, string reason, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(connection);
        var keys = _redis.Keys;
        var entry = new CallEvent(_time.GetUtcNow(), "media_closed", reason);
        await _redis.RunAsync(
            ConnectionScripts.Unregister,
            [keys.Connections, keys.Connection, keys.Calls, keys.MediaLost, keys.Call(connection.CallId), keys.Timeline(connection.CallId)],
            [connection.ConnectionId, connection.CallId, JsonSerializer.SerializeToUtf8Bytes(entry, ClusterJson.Default.CallEvent)],
            ct);
        await _events.PublishAsync(new ClusterEvent("connection", connection.CallId, connection.GatewayId, "unregistered"), ct);
    }

    /// <summary>All live connections, oldest first.</summary>
    public async Task<IReadOnlyList<ConnectionRecord>> ListAsync(CancellationToken ct)
    {
        var now = _redis.NowAsync(ct);
        var expiries = _redis.AskAsync(db => db.SortedSetRangeByRankWithScoresAsync(_redis.Keys.Connections), ct);
        var entries = _redis.AskAsync(db => db.HashGetAllAsync(_redis.Keys.Connection), ct);
        await Task.WhenAll(now, expiries, entries);
        var present = (await now).ToUnixTimeMilliseconds();
        var live = (await expiries).Where(entry => entry.Score > present).Select(entry => entry.Element.ToString()).ToHashSet(StringComparer.Ordinal);
        return
        [
            .. (await entries)
                .Where(entry => live.Contains(entry.Name.ToString()))
                .Select(entry => Read(entry.Value))
                .OfType<ConnectionRecord>()
                .OrderBy(connection => connection.ConnectedAt),
        ];
    }

    internal static byte[] Json(ConnectionRecord connection) => JsonSerializer.SerializeToUtf8Bytes(connection, ClusterJson.Default.ConnectionRecord);

    // "generation JSON": the generation is only known when the JSON is written already.
    private static ConnectionRecord? Read(ReadOnlyMemory<byte> value)
    {
        var space = value.Span.IndexOf((byte)' ');
        if (space < 0 || !Utf8Parser.TryParse(value.Span[..space], out long generation, out _)) return null;
        return ClusterJson.Read(value.Span[(space + 1)..], ClusterJson.Default.ConnectionRecord) is { } connection ? connection with { Generation = generation } : null;
    }
}
