using StackExchange.Redis;
using VoiceBridge.Cluster.Events;
using VoiceBridge.Cluster.Redis;

namespace VoiceBridge.Cluster.Calls;

/// <summary>
/// Who looks after which call, and when somebody must look next: one queue for ringing calls whose replica died, lost media, forgotten and overlong calls, and
/// hang-ups that are not confirmed. Whoever changes a call sets its time in the same step; what is to be done follows from its record.
/// </summary>
public sealed class DueCalls
{
    private const int AtOnce = 100;

    private readonly ClusterRedis _redis;
    private readonly CallStore _calls;
    private readonly ClusterEvents _events;

    internal DueCalls(ClusterRedis redis, CallStore calls, ClusterEvents events) => (_redis, _calls, _events) = (redis, calls, events);

    /// <summary>
    /// Claims a ringing call and writes its record, with what is needed to answer it. False when the call is claimed or known already:
    /// a repeated or concurrent delivery, to the same replica too. A claim that has lapsed is taken over.
    /// </summary>
    public async Task<bool> TryClaimAsync(CallRecord ringing, string owner, TimeSpan lease, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(ringing);
        ArgumentException.ThrowIfNullOrEmpty(owner);
        var keys = _redis.Keys;
        var fields = CallChange.Of(ringing).Pairs(CallChange.FieldKind.Set);
        if (ringing.IncomingCallContext is { } context) fields.AddRange([CallFields.Context, _calls.CloseContext(ringing.CallId, context)]);
        var claimed = (bool)await _redis.RunAsync(
            DueScripts.Claim,
            [keys.Due, keys.DueOwners, keys.CallRecord(ringing.CallId), keys.LiveCalls],
            [ringing.CallId, owner, Milliseconds(lease), .. fields],
            ct);
        if (claimed) await _events.PublishAsync(new ClusterEvent("call", ringing.CallId, Detail: nameof(CallState.Ringing)), ct);
        return claimed;
    }

    /// <summary>Takes up to <paramref name="max"/> calls that are due, each for one owner, with their records; null where there is no record any more.</summary>
    public async Task<IReadOnlyList<(string CallId, CallRecord? Record)>> TakeAsync(string owner, TimeSpan lease, int max, CancellationToken ct)
    {
        ArgumentException.ThrowIfNullOrEmpty(owner);
        if (max <= 0) return [];
        var ids = (string[])(await _redis.RunAsync(
            DueScripts.Take, [_redis.Keys.Due, _redis.Keys.DueOwners], [owner, Milliseconds(lease), max], ct))!;
        if (ids.Length == 0) return [];
        var records = (await _calls.GetManyAsync(ids, ct)).ToDictionary(record => record.CallId, StringComparer.Ordinal);
        return [.. ids.Select(id => (id, records.GetValueOrDefault(id)))];
    }

    /// <summary>Keeps the calls. Returns those that are no longer <paramref name="owner"/>'s. After Redis was emptied they are its own again.</summary>
    public async Task<IReadOnlyList<string>> RenewAsync(string owner, TimeSpan lease, IReadOnlyCollection<string> callIds, CancellationToken ct)
    {
        ArgumentException.ThrowIfNullOrEmpty(owner);
        ArgumentNullException.ThrowIfNull(callIds);
        var keys = _redis.Keys;
        var lost = await Task.WhenAll(callIds.Chunk(AtOnce).Select(async some => (string[])(await _redis.RunAsync(
            DueScripts.Renew, [keys.Due, keys.DueOwners, .. some.Select(keys.CallRecord)], [owner, Milliseconds(lease), .. some.Select(id => (RedisValue)id)], ct))!));
        return [.. lost.SelectMany(ids => ids)];
    }

    /// <summary>Lets go of the call. <paramref name="finished"/>: what was to be done is done; otherwise another replica takes it at once.</summary>
    public Task ReleaseAsync(string callId, string owner, bool finished, CancellationToken ct)
    {
        ArgumentException.ThrowIfNullOrEmpty(callId);
        return _redis.RunAsync(
            DueScripts.Release, [_redis.Keys.Due, _redis.Keys.DueOwners, _redis.Keys.CallRecord(callId)], [callId, owner, finished ? 0 : 1], ct);
    }

    /// <summary>All is well with these calls: somebody looks again <paramref name="after"/> that.</summary>
    public Task PostponeAsync(string owner, TimeSpan after, IReadOnlyCollection<string> callIds, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(callIds);
        var keys = _redis.Keys;
        return Task.WhenAll(callIds.Chunk(AtOnce).Select(some => _redis.RunAsync(
            DueScripts.Postpone,
            [keys.Due, keys.DueOwners, keys.LiveCalls, .. some.Select(keys.CallRecord)],
            [owner, Milliseconds(after), .. some.Select(id => (RedisValue)id)],
            ct)));
    }

    /// <summary>There is no such call any more.</summary>
    public Task ForgetAsync(string callId, string owner, CancellationToken ct) =>
        _redis.RunAsync(DueScripts.Forget, [_redis.Keys.Due, _redis.Keys.DueOwners], [callId, owner], ct);

    private static long Milliseconds(TimeSpan span) => (long)span.TotalMilliseconds;
}
