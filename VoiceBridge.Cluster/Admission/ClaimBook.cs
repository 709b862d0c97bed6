using StackExchange.Redis;
using VoiceBridge.Cluster.Calls;
using VoiceBridge.Cluster.Events;
using VoiceBridge.Cluster.Redis;

namespace VoiceBridge.Cluster.Admission;

/// <summary>Who takes care of which ringing call: one replica at a time, and another one when that is gone.</summary>
public sealed class ClaimBook
{
    private readonly ClusterRedis _redis;
    private readonly CallStore _calls;
    private readonly ClusterEvents _events;

    internal ClaimBook(ClusterRedis redis, CallStore calls, ClusterEvents events) => (_redis, _calls, _events) = (redis, calls, events);

    /// <summary>
    /// Claims a ringing call and writes its record, with what is needed to answer it. False when the call is claimed or known already:
    /// a repeated or concurrent delivery, to the same replica too. A claim that has lapsed is taken over.
    /// </summary>
    public async Task<bool> TryClaimAsync(CallRecord ringing, string owner, TimeSpan lease, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(ringing);
        ArgumentException.ThrowIfNullOrEmpty(owner);
        var keys = _redis.Keys;
        var fields = CallFields.Identity(new CallChange
        {
            CorrelationId = ringing.CorrelationId,
            From = ringing.From,
            To = ringing.To,
            Type = ringing.Type,
            ServerCallId = ringing.ServerCallId,
            Agent = ringing.Agent,
            TraceId = ringing.TraceId,
            RangAt = ringing.RangAt,
        });
        if (ringing.IncomingCallContext is { } context) fields.AddRange([CallFields.Context, _calls.CloseContext(ringing.CallId, context)]);
        var claimed = (bool)await _redis.RunAsync(
            ClaimScripts.Take,
            [keys.Claims, keys.Claim, keys.Call(ringing.CallId), keys.Calls],
            [ringing.CallId, owner, (long)lease.TotalMilliseconds, .. fields],
            ct);
        if (claimed) await _events.PublishAsync(new ClusterEvent("call", ringing.CallId, Detail: nameof(CallState.Ringing)), ct);
        return claimed;
    }

    /// <summary>
    /// Keeps the claim. False when it is no longer <paramref name="owner"/>'s: somebody else takes care of the call. After Redis was emptied the
    /// claim is made anew.
    /// </summary>
    public Task<bool> RenewAsync(string callId, string owner, TimeSpan lease, CancellationToken ct) => HandleAsync(callId, owner, "renew", lease, ct);

    /// <summary>The call is answered or refused: nothing is left to claim.</summary>
    public Task CompleteAsync(string callId, string owner, CancellationToken ct) => HandleAsync(callId, owner, "complete", TimeSpan.Zero, ct);

    /// <summary>Lets the claim lapse at once, so that another replica takes it.</summary>
    public Task ReleaseAsync(string callId, string owner, CancellationToken ct) => HandleAsync(callId, owner, "release", TimeSpan.Zero, ct);

    /// <summary>
    /// Takes over up to <paramref name="max"/> calls whose claim has lapsed, each by exactly one replica. Claims that lapsed more than 30 s ago are dropped,
    /// and the calls, if they still ring by their record, end as <c>missed</c>: nothing rings that long.
    /// </summary>
    public async Task<IReadOnlyList<CallRecord>> TakeLapsedAsync(string owner, TimeSpan lease, int max, CancellationToken ct)
    {
        ArgumentException.ThrowIfNullOrEmpty(owner);
        if (max <= 0) return [];
        var result = (RedisResult[])(await _redis.RunAsync(
            ClaimScripts.TakeLapsed, [_redis.Keys.Claims, _redis.Keys.Claim], [owner, (long)lease.TotalMilliseconds, max], ct))!;
        await GiveUpAsync((RedisValue[])result[1]!, ct);
        var taken = (RedisValue[])result[0]!;
        if (taken.Length == 0) return [];
        var calls = await _calls.GetManyAsync(taken, ct);
        var open = calls.Where(call => call.State < CallState.Connected).ToDictionary(call => call.CallId, StringComparer.Ordinal);
        // The replica that lost these had done its work and only not said so.
        foreach (var done in taken.Select(id => id.ToString()).Where(id => !open.ContainsKey(id)))
            await CompleteAsync(done, owner, ct);
        return [.. open.Values.OrderBy(call => call.RangAt)];
    }

    private async Task GiveUpAsync(RedisValue[] ids, CancellationToken ct)
    {
        if (ids.Length == 0) return;
        foreach (var call in await _calls.GetManyAsync(ids, ct))
        {
            if (call.State == CallState.Ringing) await _calls.AdvanceAsync(call.CallId, CallState.Ended, new CallChange { EndReason = "missed" }, ct);
        }
    }

    private async Task<bool> HandleAsync(string callId, string owner, string what, TimeSpan lease, CancellationToken ct)
    {
        ArgumentException.ThrowIfNullOrEmpty(callId);
        ArgumentException.ThrowIfNullOrEmpty(owner);
        return (bool)await _redis.RunAsync(
            ClaimScripts.Handle, [_redis.Keys.Claims, _redis.Keys.Claim, _redis.Keys.Call(callId)], [callId, owner, what, (long)lease.TotalMilliseconds], ct);
    }
}
