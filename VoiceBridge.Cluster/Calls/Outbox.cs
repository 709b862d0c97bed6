using StackExchange.Redis;
using VoiceBridge.Cluster.Redis;

namespace VoiceBridge.Cluster.Calls;

/// <summary>
/// Ended calls on their way to the history. The step that ends a call puts it here, while there is somebody who empties it; it stays, with its record, timeline and
/// transcript, until somebody says that it has arrived. What changes in it afterwards puts it here again.
/// </summary>
public sealed class Outbox
{
    /// <summary>How long a call waits at most; its record and transcript end by themselves then.</summary>
    public static readonly TimeSpan Kept = TimeSpan.FromDays(7);

    private static readonly TimeSpan OpenFor = TimeSpan.FromDays(1);

    private readonly ClusterRedis _redis;
    private readonly CallStore _calls;
    private readonly Transcripts.Transcripts _transcripts;

    internal Outbox(ClusterRedis redis, CallStore calls, Transcripts.Transcripts transcripts) => (_redis, _calls, _transcripts) = (redis, calls, transcripts);

    /// <summary>Says that somebody empties it, for a day from now. Calls may be taken <paramref name="settle"/> after they last changed.</summary>
    public Task OpenAsync(TimeSpan settle, CancellationToken ct) =>
        _redis.AskAsync(db => db.StringSetAsync(_redis.Keys.OutboxOpen, (long)settle.TotalMilliseconds, OpenFor), ct);

    /// <summary>Takes calls that nobody else gets for the length of <paramref name="lease"/>, those that wait longest first.</summary>
    public async Task<IReadOnlyList<OutboxEntry>> TakeAsync(int max, TimeSpan lease, CancellationToken ct)
    {
        var taken = (RedisValue[])(await _redis.RunAsync(OutboxScripts.Take, [_redis.Keys.Outbox], [max, (long)lease.TotalMilliseconds], ct))!;
        return [.. taken.Chunk(2).Select(pair => new OutboxEntry(pair[0].ToString(), (long)pair[1]))];
    }

    /// <summary>All that is known of a call; null when nothing is any more.</summary>
    public async Task<OutboxCall?> ReadAsync(OutboxEntry entry, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(entry);
        if (await _calls.GetAsync(entry.CallId, ct) is not { } record) return null;
        var events = _calls.ListEventsAsync(entry.CallId, ct);
        var boxes = await _redis.AskAsync(db => db.ListLengthAsync(_redis.Keys.Transcript(entry.CallId)), ct);
        var turns = boxes == 0 ? [] : await _transcripts.ReadAsync(entry.CallId, ct);
        return new OutboxCall(entry, record, await events, turns, boxes);
    }

    /// <summary>
    /// The call has arrived: what waited of it goes, except for what came after it was read. One that has changed since will be taken again. False when it was erased
    /// meanwhile: what was written must be erased too.
    /// </summary>
    public async Task<bool> DoneAsync(OutboxCall call, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(call);
        var (callId, held) = call.Entry;
        var keys = _redis.Keys;
        if (call.Boxes > 0) await _redis.AskAsync(db => TrimAsync(db, keys.Transcript(callId), call.Boxes), ct);
        // The record leaves as it does without a history: an hour after the call.
        var keep = (long)CallStore.EndedTimeline.TotalMilliseconds;
        var done = (int)await _redis.RunAsync(OutboxScripts.Done, [keys.Outbox, keys.OutboxTranscripts, keys.CallRecord(callId)], [callId, held, keep], ct);
        if (done > 0) await _redis.AskAsync(db => db.KeyExpireAsync(keys.Timeline(callId), CallStore.EndedTimeline), ct);
        return done >= 0;
    }

    /// <summary>An entry that nothing is known of any more: it is taken out.</summary>
    public Task DropAsync(OutboxEntry entry, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(entry);
        var keys = _redis.Keys;
        return _redis.RunAsync(OutboxScripts.Done, [keys.Outbox, keys.OutboxTranscripts, keys.CallRecord(entry.CallId)], [entry.CallId, entry.Held, 1], ct);
    }

    /// <summary>It could not be written: it may be taken again after this time.</summary>
    public async Task ReturnAsync(OutboxEntry entry, TimeSpan after, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(entry);
        // What was first written after the end of the call does not know that it waits.
        await _redis.AskAsync(
            db => Task.WhenAll(db.KeyExpireAsync(_redis.Keys.Timeline(entry.CallId), Kept), db.KeyExpireAsync(_redis.Keys.Transcript(entry.CallId), Kept)), ct);
        await _redis.RunAsync(OutboxScripts.Return, [_redis.Keys.Outbox], [entry.CallId, entry.Held, (long)after.TotalMilliseconds], ct);
    }

    /// <summary>How many calls wait.</summary>
    public Task<long> CountAsync(CancellationToken ct) => _redis.AskAsync(db => db.SortedSetLengthAsync(_redis.Keys.Outbox), ct);

    /// <summary>
    /// Keeps the outbox within its limits: beyond <paramref name="maxTranscripts"/> the oldest calls wait without their transcript, beyond <paramref name="maxCalls"/> the
    /// oldest do not wait any more. Returns those that lost something.
    /// </summary>
    public async Task<(IReadOnlyList<string> Calls, IReadOnlyList<string> Transcripts)> TrimAsync(int maxCalls, int maxTranscripts, CancellationToken ct)
    {
        var keys = _redis.Keys;
        var dropped = (RedisValue[])(await _redis.RunAsync(OutboxScripts.Trim, [keys.Outbox, keys.OutboxTranscripts], [maxCalls, maxTranscripts], ct))!;
        string[] ids = [.. dropped.Skip(1).Select(id => id.ToString())];
        var calls = (int)dropped[0];
        if (ids.Length > 0) await _redis.AskAsync(db => Task.WhenAll(ids.Select(id => db.KeyDeleteAsync(keys.Transcript(id)))), ct);
        return (ids[..calls], ids[calls..]);
    }

    /// <summary>Erases every ended call of a caller from Redis, waiting or not. Calls that go on stay: the second figure.</summary>
    public async Task<(int Erased, int Live)> EraseAsync(Func<string, bool> isCaller, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(isCaller);
        var keys = _redis.Keys;
        string[] ids =
        [
            .. (await _redis.AskAsync(db => db.SortedSetRangeByRankAsync(keys.Outbox), ct)).Concat(await _redis.AskAsync(db => db.SortedSetRangeByRankAsync(keys.RecentCalls), ct))
                .Select(id => id.ToString()).Distinct(StringComparer.Ordinal),
        ];
        var erased = 0;
        foreach (var chunk in ids.Chunk(200))
        {
            foreach (var call in await _calls.GetManyAsync(chunk, ct))
            {
                if (!isCaller(call.From)) continue;
                await _redis.AskAsync(db => Task.WhenAll(((RedisKey[])[keys.Timeline(call.CallId), keys.Transcript(call.CallId), keys.Turns(call.CallId)]).Select(key => db.KeyDeleteAsync(key))), ct);
                await _redis.RunAsync(OutboxScripts.Forget, [keys.Outbox, keys.OutboxTranscripts, keys.RecentCalls, keys.CallRecord(call.CallId)], [call.CallId], ct);
                erased++;
            }
        }

        return (erased, (await _calls.ListLiveAsync(ct)).Count(call => isCaller(call.From)));
    }

    private static async Task<bool> TrimAsync(IDatabase db, RedisKey list, long count)
    {
        await db.ListTrimAsync(list, count, -1);
        return true;
    }
}
