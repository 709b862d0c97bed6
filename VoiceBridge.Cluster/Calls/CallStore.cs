using System.Text;
using System.Text.Json;
using StackExchange.Redis;
using VoiceBridge.Cluster.Events;
using VoiceBridge.Cluster.Redis;
using VoiceBridge.Cluster.Trust;

namespace VoiceBridge.Cluster.Calls;

/// <summary>The calls of the cluster: live ones, and those that ended in the last hour.</summary>
public sealed class CallStore
{
    private const int MaxEvents = 500;
    private const int NoState = -1;
    private const int InOutbox = 2;
    private const int MaxRedirections = 5;
    private static readonly TimeSpan RedirectMemory = TimeSpan.FromMinutes(1);

    // Longer than any call, so that a quiet one keeps its timeline; after the call as long as its record.
    private static readonly TimeSpan LiveTimeline = TimeSpan.FromHours(2);
    internal static readonly TimeSpan EndedTimeline = TimeSpan.FromHours(1);

    // A command for each would be most of what many calls cost; a script keeps everybody else waiting.
    private const int RecordsPerScript = 50;

    private readonly ClusterRedis _redis;
    private readonly ClusterEvents _events;
    private readonly SecretBox _contexts;

    internal CallStore(ClusterRedis redis, ClusterEvents events, ClusterKeys keys)
    {
        (_redis, _events) = (redis, events);
        _contexts = new SecretBox(keys, "incoming-call-context");
    }

    /// <summary>
    /// Moves the call forward to <paramref name="to"/> and applies <paramref name="change"/>; an unknown call is created. The state's own time
    /// (answered, connected, ended) is Redis's now unless given. False when the call is already there or past it: then only those of the call's ids that
    /// are not known yet are filled in. Publishes a <see cref="ClusterEvent"/>.
    /// </summary>
    public async Task<bool> AdvanceAsync(string callId, CallState to, CallChange change, CancellationToken ct)
    {
        var result = await ChangeAsync(callId, (int)to, change, ct);
        if (result == 0) return false;
        // Keys of the call's own hash tag: a step for itself. Should it fail they end later.
        if (to >= CallState.Ended)
        {
            var waits = result == InOutbox;
            await _redis.AskAsync(
                db => Task.WhenAll(
                    db.KeyExpireAsync(_redis.Keys.Timeline(callId), waits ? Outbox.Kept : EndedTimeline),
                    waits ? db.KeyExpireAsync(_redis.Keys.Transcript(callId), Outbox.Kept) : Task.FromResult(true),
                    db.KeyExpireAsync(_redis.Keys.Turns(callId), Transcripts.WorkingTurns.AfterCall)),
                ct);
        }

        await _events.PublishAsync(new ClusterEvent("call", callId, Detail: to.ToString()), ct);
        return true;
    }

    /// <summary>Applies a change to a call of any state; an unknown one stays unknown.</summary>
    public Task UpdateAsync(string callId, CallChange change, CancellationToken ct) => ChangeAsync(callId, NoState, change, ct);

    /// <summary>The call, or null when it is unknown or ended more than an hour ago.</summary>
    public async Task<CallRecord?> GetAsync(string callId, CancellationToken ct)
    {
        ArgumentException.ThrowIfNullOrEmpty(callId);
        return Read(callId, await _redis.AskAsync(db => db.HashGetAllAsync(_redis.Keys.CallRecord(callId)), ct));
    }

    /// <summary>All calls that have not ended, the earliest first.</summary>
    public async Task<IReadOnlyList<CallRecord>> ListLiveAsync(CancellationToken ct)
    {
        var calls = await GetManyAsync(await ListLiveIdsAsync(ct), ct);
        return [.. calls.Where(call => call.State < CallState.Ended).OrderBy(call => call.RangAt)];
    }

    /// <summary>The ids of all calls that have not ended.</summary>
    public async Task<IReadOnlyList<string>> ListLiveIdsAsync(CancellationToken ct) =>
        Texts(await _redis.AskAsync(db => db.SortedSetRangeByRankAsync(_redis.Keys.LiveCalls), ct));

    /// <summary>The ids of calls that ended in the last hour, the latest first.</summary>
    public async Task<IReadOnlyList<string>> ListRecentIdsAsync(int count, CancellationToken ct) => count <= 0 ? []
        : Texts(await _redis.AskAsync(db => db.SortedSetRangeByRankAsync(_redis.Keys.RecentCalls, 0, count - 1, Order.Descending), ct));

    /// <summary>Those of the calls that are known, in this order.</summary>
    public async Task<IReadOnlyList<CallRecord>> GetManyAsync(IReadOnlyCollection<string> callIds, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(callIds);
        // All are sent before the first answer is waited for.
        var chunks = await Task.WhenAll(callIds.Chunk(RecordsPerScript).Select(async some =>
        {
            var records = (RedisResult[])(await _redis.RunAsync(CallScripts.Read, [.. some.Select(_redis.Keys.CallRecord)], [], ct))!;
            return some.Zip(records, (id, record) => Read(id, [.. ((RedisValue[])record!).Chunk(2).Select(field => new HashEntry(field[0], field[1]))]));
        }));
        return [.. chunks.SelectMany(records => records).OfType<CallRecord>()];
    }

    /// <summary>Calls that ended in the last hour, the latest first, <paramref name="count"/> at most.</summary>
    public async Task<IReadOnlyList<CallRecord>> ListRecentAsync(int count, CancellationToken ct)
    {
        return await GetManyAsync(await ListRecentIdsAsync(count, ct), ct);
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
            [_redis.Keys.Timeline(callId)],
            [
                MaxEvents, (long)LiveTimeline.TotalMilliseconds, (long)EndedTimeline.TotalMilliseconds, 0,
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
    /// The phone service says that the call's media are gone. With a <paramref name="connectionId"/> only if that is still the current one. False when it is not, or
    /// the call is over or unknown. Only a new media socket opens them again. The call is due in 1.5 s. <paramref name="failed"/>: a socket could not be opened.
    /// </summary>
    public Task<bool> MarkMediaLostAsync(string callId, string? connectionId, CancellationToken ct, bool failed = false) =>
        LoseMediaAsync(callId, connectionId, certain: true, failed, ct);

    /// <summary>
    /// The call's gateway is dead, or does not announce the call any more. As <see cref="MarkMediaLostAsync"/>, but if that gateway announces the connection
    /// after all, the media are open again.
    /// </summary>
    public Task<bool> MarkMediaLapsedAsync(string callId, string? connectionId, CancellationToken ct) => LoseMediaAsync(callId, connectionId, certain: false, failed: false, ct);

    /// <summary>The call is to be hung up, for this reason: it is due until that is confirmed (null), or the call has ended. The first reason stays.</summary>
    public Task SetHangUpAsync(string callId, string? reason, CancellationToken ct)
    {
        ArgumentException.ThrowIfNullOrEmpty(callId);
        var keys = _redis.Keys;
        return _redis.RunAsync(CallScripts.HangUp, [keys.CallRecord(callId), keys.Due, keys.DueOwners], [callId, reason ?? ""], ct);
    }

    /// <summary>
    /// Begins a transfer. False when it is not to be made: the same request has been made before, or, of one to the overflow number, another is under way or one has
    /// failed. The transfer is then that one.
    /// </summary>
    public async Task<(bool Begun, CallTransfer Transfer)> BeginTransferAsync(string callId, bool toOverflow, string cause, string requestId, CancellationToken ct)
    {
        ArgumentException.ThrowIfNullOrEmpty(callId);
        var result = (RedisResult[])(await _redis.RunAsync(
            CallScripts.StartTransfer, [_redis.Keys.CallRecord(callId)], [toOverflow ? CallFields.Overflow : "agent", cause, requestId], ct))!;
        var state = (string?)result[2];
        return ((bool)result[0], new CallTransfer(
            (string?)result[1] == CallFields.Overflow, state == "failed", state == "accepted", (string?)result[3] ?? "",
            DateTimeOffset.FromUnixTimeMilliseconds((long)result[4]), (string?)result[5] ?? ""));
    }

    /// <summary>What came of the call's transfer. One that was accepted has not failed, in whatever order that is heard.</summary>
    public Task EndTransferAsync(string callId, bool accepted, CancellationToken ct)
    {
        ArgumentException.ThrowIfNullOrEmpty(callId);
        var keys = _redis.Keys;
        return _redis.RunAsync(
            CallScripts.EndTransfer, [keys.CallRecord(callId), keys.Outbox, keys.OutboxTranscripts, keys.OutboxOpen], [callId, accepted ? "accepted" : "failed"], ct);
    }

    /// <summary>
    /// Whether a ringing call may be redirected. False for one that was before, and for a caller that has been sent away from a number five times within a minute: what leads
    /// back to us, by whatever way, must not go round for ever.
    /// </summary>
    public async Task<bool> TryRedirectAsync(string correlationId, string from, string to, CancellationToken ct)
    {
        var call = correlationId.Length > 0 ? correlationId : Guid.NewGuid().ToString("N");
        return (bool)await _redis.RunAsync(
            CallScripts.Redirect,
            [_redis.Keys.Redirected(CallId.Of("call", call)), _redis.Keys.Redirected(CallId.Of(from, to))],
            [MaxRedirections, (long)RedirectMemory.TotalMilliseconds],
            ct);
    }

    /// <summary>The context as it is kept in the call's hash; "" for none.</summary>
    internal RedisValue CloseContext(string callId, string? context) => context is null ? "" : _contexts.Close(callId, Encoding.UTF8.GetBytes(context));

    private static string[] Texts(RedisValue[] values) => Array.ConvertAll(values, value => value.ToString());

    private CallRecord? Read(string callId, HashEntry[] entries)
    {
        if (entries.Length == 0) return null;
        var box = Array.Find(entries, entry => entry.Name == CallFields.Context).Value;
        var context = box.IsNullOrEmpty ? null : _contexts.Open(callId, ((ReadOnlyMemory<byte>)box).Span);
        return CallFields.Read(callId, entries, context is null ? null : Encoding.UTF8.GetString(context));
    }

    private async Task<bool> LoseMediaAsync(string callId, string? connectionId, bool certain, bool failed, CancellationToken ct)
    {
        ArgumentException.ThrowIfNullOrEmpty(callId);
        var lost = (bool)await _redis.RunAsync(
            CallScripts.LoseMedia, [_redis.Keys.CallRecord(callId), _redis.Keys.Due, _redis.Keys.DueOwners],
            [callId, connectionId ?? "", certain ? 1 : 0, failed ? 1 : 0], ct);
        if (lost) await _events.PublishAsync(new ClusterEvent("call", callId, Detail: "MediaLost"), ct);
        return lost;
    }

    private async Task<int> ChangeAsync(string callId, int state, CallChange change, CancellationToken ct)
    {
        ArgumentException.ThrowIfNullOrEmpty(callId);
        ArgumentNullException.ThrowIfNull(change);
        var keys = _redis.Keys;
        var identity = change.Pairs(CallChange.FieldKind.Set);
        var once = change.Pairs(CallChange.FieldKind.Once);
        var counters = change.Pairs(CallChange.FieldKind.Add);
        return (int)await _redis.RunAsync(
            CallScripts.Change,
            [keys.CallRecord(callId), keys.LiveCalls, keys.RecentCalls, keys.Due, keys.DueOwners, keys.Outbox, keys.OutboxTranscripts, keys.OutboxOpen],
            [
                callId, state, change.Media is { } media ? (int)media : -1, CloseContext(callId, change.IncomingCallContext),
                identity.Count, .. identity, once.Count, .. once, counters.Count, .. counters,
            ],
            ct);
    }
}
