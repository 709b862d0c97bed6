using StackExchange.Redis;
using VoiceBridge.Cluster.Redis;

namespace VoiceBridge.Cluster.Series;

/// <summary>Counters per minute over the whole cluster, kept for 25 h: what the dashboard's charts are made of.</summary>
public sealed class Series
{
    private const string HighestSuffix = "_max";

    // Pairs of counter and value.
    private static readonly Script Add = new("minute", "values...", """
        for i = 1, #values, 2 do
            local counter, value = values[i], values[i + 1]
            if string.sub(counter, -4) == '_max' then
                local known = tonumber(redis.call('HGET', minute, counter) or nil)
                if known == nil or known < tonumber(value) then redis.call('HSET', minute, counter, value) end
            else
                redis.call('HINCRBY', minute, counter, value)
            end
        end
        redis.call('PEXPIRE', minute, '90000000')
        return 1
        """);

    // One reading is never more than a day and an hour: nothing older is kept.
    private static readonly TimeSpan Kept = TimeSpan.FromHours(25);

    private readonly ClusterRedis _redis;

    private readonly ClusterClock _clock;

    internal Series(ClusterRedis redis, ClusterClock clock) => (_redis, _clock) = (redis, clock);

    /// <summary>
    /// Adds to the present minute's counters (the cluster's clock). Those whose name ends in <c>_max</c> keep the highest value instead. Names: offered, answered,
    /// rejected_busy, failed, ended, active_max, waiting_max, tokens_in, tokens_out, ...; latencies as <see cref="LatencyBuckets"/>.
    /// </summary>
    public async Task AddAsync(IReadOnlyDictionary<string, long> counters, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(counters);
        var values = counters
            .Where(counter => counter.Value != 0 || counter.Key.EndsWith(HighestSuffix, StringComparison.Ordinal))
            .SelectMany(counter => new RedisValue[] { counter.Key, counter.Value })
            .ToArray();
        if (values.Length == 0) return;
        await _redis.RunAsync(Add, [_redis.Keys.Series(Minute(_clock.GetUtcNow()))], values, ct);
    }

    /// <summary>The minutes from <paramref name="from"/> to <paramref name="to"/>, both included, also those without any counter; 25 h at most.</summary>
    public async Task<IReadOnlyList<SeriesMinute>> ReadAsync(DateTimeOffset from, DateTimeOffset to, CancellationToken ct)
    {
        if (to - from > Kept) from = to - Kept;
        var first = Minute(from);
        var minutes = Enumerable.Range(0, (int)Math.Max(0, Minute(to) - first + 1)).Select(i => first + i).ToList();
        var entries = await _redis.AskAsync(db => Task.WhenAll(minutes.Select(minute => db.HashGetAllAsync(_redis.Keys.Series(minute)))), ct);
        return [.. minutes.Zip(entries, (minute, counters) => new SeriesMinute(DateTimeOffset.UnixEpoch.AddMinutes(minute), Counters(counters)))];
    }

    private static long Minute(DateTimeOffset time) => (long)Math.Floor((time - DateTimeOffset.UnixEpoch).TotalMinutes);

    private static Dictionary<string, long> Counters(HashEntry[] entries) =>
        entries.ToDictionary(entry => entry.Name.ToString(), entry => (long)entry.Value, StringComparer.Ordinal);
}
