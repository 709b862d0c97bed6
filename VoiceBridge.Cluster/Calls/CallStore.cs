using System.Text;
using System.Text.Json;
using StackExchange.Redis;
using VoiceBridge.Cluster.Events;
using VoiceBridge.Cluster.Gateways;
using VoiceBridge.Cluster.Redis;
using VoiceBridge.Cluster.Trust;

namespace VoiceBridge.Cluster.Calls;

/// <summary>The calls of the cluster: live ones, and those that ended in the last hour.</summary>
public sealed class CallStore
{
    private const int KeptEvents = 500;
    private const int NoState = -1;

    // Longer than any call, so that a quiet one keeps its timeline; after the call as long as its record.
    private static readonly TimeSpan LiveTimeline = TimeSpan.FromHours(2);
    private static readonly TimeSpan EndedTimeline = TimeSpan.FromHours(1);

    private readonly ClusterRedis _redis;
    private readonly ClusterEvents _events;
    private readonly GatewayRegistry _gateways;
    private readonly SecretBox _contexts;

    internal CallStore(ClusterRedis redis, ClusterEvents events, GatewayRegistry gateways, ClusterKeys keys)
    {
        _redis = redis;
        _events = events;
        _gateways = gateways;
        _contexts = new SecretBox(keys, "incoming-call-context");
    }

    /// <summary>
    /// Moves the call forward to <paramref name="to"/> and applies <paramref name="change"/>; an unknown call is created. The state's own time
    /// (answered, connected, ended) is Redis's now unless given. False when the call is already there or past it: then only those of the call's ids that
    /// are not known yet are filled in. Publishes a <see cref="ClusterEvent"/>.
    /// </summary>
    public async Task<bool> AdvanceAsync(string callId, CallState to, CallChange change, CancellationToken ct)
    {
        if (!await ChangeAsync(callId, (int)to, change, ct)) return false;
        await _events.PublishAsync(new ClusterEvent("call", callId, Detail: to.ToString()), ct);
        return true;
    }

    /// <summary>Applies a change to a call of any state; an unknown one stays unknown.</summary>
    public Task UpdateAsync(string callId, CallChange change, CancellationToken ct) => ChangeAsync(callId, NoState, change, ct);

    /// <summary>The call, or null when it is unknown or ended more than an hour ago.</summary>
    public async Task<CallRecord?> GetAsync(string callId, CancellationToken ct)
    {
        ArgumentException.ThrowIfNullOrEmpty(callId);
        return Read(callId, await _redis.AskAsync(db => db.HashGetAllAsync(_redis.Keys.Call(callId)), ct));
    }

    /// <summary>All calls that have not ended, the earliest first.</summary>
    public async Task<IReadOnlyList<CallRecord>> ListLiveAsync(CancellationToken ct)
    {
        var ids = await _redis.AskAsync(db => db.SortedSetRangeByRankAsync(_redis.Keys.Calls), ct);
        var calls = await GetManyAsync(ids, ct);
        return [.. calls.Where(call => call.State < CallState.Ended).OrderBy(call => call.RangAt)];
    }

    /// <summary>Calls that ended in the last hour, the latest first, <paramref name="count"/> at most.</summary>
    public async Task<IReadOnlyList<CallRecord>> ListRecentAsync(int count, CancellationToken ct)
    {
        if (count <= 0) return [];
        return await GetManyAsync(await _redis.AskAsync(db => db.SortedSetRangeByRankAsync(_redis.Keys.Recent, 0, count - 1, Order.Descending), ct), ct);
    }

    /// <summary>Adds to the call's timeline; the last 500 are kept. Nothing of what was said belongs there.</summary>
    public Task AddEventAsync(string callId, CallEvent entry, CancellationToken ct) => AddEventsAsync(callId, [entry], ct);

    /// <inheritdoc cref="AddEventAsync"/>
    public Task AddEventsAsync(string callId, IReadOnlyList<CallEvent> entries, CancellationToken ct)
    {
        ArgumentException.ThrowIfNullOrEmpty(callId);
        ArgumentNullException.ThrowIfNull(entries);
        return _redis.RunAsync(
            CallScripts.Append,
            [_redis.Keys.Timeline(callId), _redis.Keys.Call(callId)],
            [
                KeptEvents, (long)LiveTimeline.TotalMilliseconds, (long)EndedTimeline.TotalMilliseconds, 0,
                .. entries.Select(entry => (RedisValue)JsonSerializer.SerializeToUtf8Bytes(entry, ClusterJson.Default.CallEvent)),
            ],
            ct);
    }

    /// <summary>The call's timeline, as it happened.</summary>
    public async Task<IReadOnlyList<CallEvent>> ListEventsAsync(string callId, CancellationToken ct)
    {
        ArgumentException.ThrowIfNullOrEmpty(callId);
        var entries = await _redis.AskAsync(db => db.ListRangeAsync(_redis.Keys.Timeline(callId)), ct);
        return [.. entries.Select(entry => ClusterJson.Read(((ReadOnlyMemory<byte>)entry).Span, ClusterJson.Default.CallEvent)).OfType<CallEvent>().OrderBy(entry => entry.At)];
    }

    /// <summary>
    /// ACS says that the call's media are gone. With a <paramref name="connectionId"/> only if that is still the current one. False when it is not, or
    /// the call is over or unknown. Only a new media socket opens them again.
    /// </summary>
    public Task<bool> MarkMediaLostAsync(string callId, string? connectionId, CancellationToken ct) => LoseMediaAsync(callId, connectionId, certain: true, ct);

    /// <summary>
    /// The call's current connection is not announced any more (<see cref="ListLapsedAsync"/>). As <see cref="MarkMediaLostAsync"/>, but if that gateway
    /// announces the connection after all, the media are open again.
    /// </summary>
    public Task<bool> MarkMediaLapsedAsync(string callId, string? connectionId, CancellationToken ct) => LoseMediaAsync(callId, connectionId, certain: false, ct);

    /// <summary>
    /// Calls not over whose media have been gone for at least <paramref name="olderThan"/>, the longest first: also those that are connected and never had
    /// any. Says nothing of gateways that died silently: <see cref="ListLapsedAsync"/>.
    /// </summary>
    public async Task<IReadOnlyList<CallRecord>> ListMediaLostAsync(TimeSpan olderThan, CancellationToken ct)
    {
        var until = (await _redis.NowAsync(ct) - olderThan).ToUnixTimeMilliseconds();
        var ids = await _redis.AskAsync(db => db.SortedSetRangeByScoreAsync(_redis.Keys.MediaLost, stop: until), ct);
        var calls = await GetManyAsync(ids, ct);
        return [.. calls.Where(call => call.State < CallState.Ended && call.Media != MediaState.Open)];
    }

    /// <summary>
    /// Calls whose media should be open on a gateway that has sent no heartbeat for 5 s, or on a connection that has not been announced for 15 s, because it ended
    /// while nobody could be told. Nothing is changed: after an outage of Redis everybody looks dead, so the caller decides (<see cref="MarkMediaLapsedAsync"/>).
    /// </summary>
    public async Task<IReadOnlyList<CallRecord>> ListLapsedAsync(CancellationToken ct)
    {
        var live = await ListLiveAsync(ct);
        var gateways = await _gateways.ListAsync(ct);
        var alive = gateways.Where(gateway => gateway.State != GatewayState.Dead).Select(gateway => gateway.Heartbeat.GatewayId).ToHashSet(StringComparer.Ordinal);
        var now = (await _redis.NowAsync(ct)).ToUnixTimeMilliseconds();
        var announced = await _redis.AskAsync(db => db.SortedSetRangeByScoreAsync(_redis.Keys.Connections, start: now), ct);
        var open = announced.Select(connection => connection.ToString()).ToHashSet(StringComparer.Ordinal);
        return
        [
            .. live.Where(call => call is { Media: MediaState.Open, GatewayId: { } gateway, ConnectionId: { } connection }
                && (!alive.Contains(gateway) || !open.Contains(connection))),
        ];
    }

    /// <summary>Takes or renews the right to recover the call; one owner has it at a time.</summary>
    public async Task<bool> TryLeaseRecoveryAsync(string callId, string owner, TimeSpan lease, CancellationToken ct)
    {
        ArgumentException.ThrowIfNullOrEmpty(callId);
        return (bool)await _redis.RunAsync(CallScripts.LeaseRecovery, [_redis.Keys.Recovery(callId)], [owner, (long)lease.TotalMilliseconds], ct);
    }

    /// <summary>Gives that right back, if <paramref name="owner"/> has it.</summary>
    public Task ReleaseRecoveryAsync(string callId, string owner, CancellationToken ct)
    {
        ArgumentException.ThrowIfNullOrEmpty(callId);
        return _redis.RunAsync(CallScripts.ReleaseRecovery, [_redis.Keys.Recovery(callId)], [owner], ct);
    }

    /// <summary>The context as it is kept in the call's hash; "" for none.</summary>
    internal RedisValue CloseContext(string callId, string? context) => context is null ? "" : _contexts.Close(callId, Encoding.UTF8.GetBytes(context));

    internal async Task<IReadOnlyList<CallRecord>> GetManyAsync(IReadOnlyCollection<RedisValue> ids, CancellationToken ct)
    {
        // All are sent before the first answer is waited for.
        var entries = await _redis.AskAsync(db => Task.WhenAll(ids.Select(id => db.HashGetAllAsync(_redis.Keys.Call(id.ToString())))), ct);
        return [.. ids.Zip(entries, (id, fields) => Read(id.ToString(), fields)).OfType<CallRecord>()];
    }

    private CallRecord? Read(string callId, HashEntry[] entries)
    {
        if (entries.Length == 0) return null;
        var box = Array.Find(entries, entry => entry.Name == CallFields.Context).Value;
        var context = box.IsNullOrEmpty ? null : _contexts.Open(callId, ((ReadOnlyMemory<byte>)box).Span);
        return CallFields.Read(callId, entries, context is null ? null : Encoding.UTF8.GetString(context));
    }

    private async Task<bool> LoseMediaAsync(string callId, string? connectionId, bool certain, CancellationToken ct)
    {
        ArgumentException.ThrowIfNullOrEmpty(callId);
        var lost = (bool)await _redis.RunAsync(
            CallScripts.LoseMedia, [_redis.Keys.Call(callId), _redis.Keys.MediaLost], [callId, connectionId ?? "", certain ? 1 : 0], ct);
        if (lost) await _events.PublishAsync(new ClusterEvent("call", callId, Detail: "MediaLost"), ct);
        return lost;
    }

    private async Task<bool> ChangeAsync(string callId, int state, CallChange change, CancellationToken ct)
    {
        ArgumentException.ThrowIfNullOrEmpty(callId);
        ArgumentNullException.ThrowIfNull(change);
        var keys = _redis.Keys;
        var identity = CallFields.Identity(change);
        var once = CallFields.Once(change);
        var counters = CallFields.Counters(change);
        return (bool)await _redis.RunAsync(
            CallScripts.Change,
            [keys.Call(callId), keys.Calls, keys.Recent, keys.MediaLost, keys.Timeline(callId)],
            [
                callId, state, change.Media is { } media ? (int)media : -1, CloseContext(callId, change.IncomingCallContext),
                identity.Count, .. identity, once.Count, .. once, counters.Count, .. counters,
            ],
            ct);
    }
}
