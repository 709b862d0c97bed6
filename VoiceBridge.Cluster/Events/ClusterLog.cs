using StackExchange.Redis;
using VoiceBridge.Cluster.Redis;

namespace VoiceBridge.Cluster.Events;

/// <summary>
/// What happened in the cluster, for people who look later: kept for 25 h. Equal entries of one minute are one with a count, so that an outage of which every call tells
/// is a line a minute. It is lost with Redis.
/// </summary>
public sealed class ClusterLog
{
    private const char Separator = '\n';
    private const int MinutesPerKey = 10;
    private static readonly TimeSpan Kept = TimeSpan.FromHours(25);

    /// <summary>Counts an entry, unless it is to be there <c>once</c> and is. Bounded: what comes beyond 500 entries in ten minutes is left out.</summary>
    private static readonly Script Add = new("log", "at minute rest count detail once", """
        local field = minute .. rest
        if once == '1' then
            for _, near in ipairs({ int(tonumber(minute) - 1), minute, int(tonumber(minute) + 1) }) do
                if redis.call('HEXISTS', log, 'n' .. near .. rest) == 1 then return 0 end
            end
        end
        if redis.call('HEXISTS', log, 'n' .. field) == 0 then
            if redis.call('HLEN', log) >= 1500 then return 0 end
            redis.call('HSET', log, 't' .. field, at)
            if detail ~= '' then redis.call('HSET', log, 'd' .. field, detail) end
        end
        redis.call('HINCRBY', log, 'n' .. field, count)
        redis.call('PEXPIRE', log, '90000000')
        return 1
        """);

    private readonly ClusterRedis _redis;
    private readonly ClusterClock _clock;

    internal ClusterLog(ClusterRedis redis, ClusterClock clock) => (_redis, _clock) = (redis, clock);

    /// <summary>
    /// Adds an entry, at its time or now. <paramref name="once"/>: several replicas may see the same thing, and the first one to say so is enough.
    /// </summary>
    public async Task AddAsync(
        string kind, CancellationToken ct, string subject = "", string who = "", string detail = "", long count = 1, DateTimeOffset? at = null, bool once = false)
    {
        ArgumentException.ThrowIfNullOrEmpty(kind);
        var time = at ?? _clock.GetUtcNow();
        var minute = (long)(time - DateTimeOffset.UnixEpoch).TotalMinutes;
        var rest = string.Join(Separator, "", kind, Clean(subject), Clean(who));
        await _redis.RunAsync(Add, [_redis.Keys.Log(minute / MinutesPerKey)], [time.ToUnixTimeMilliseconds(), minute, rest, Math.Max(0, count), Clean(detail), once ? 1 : 0], ct);
    }

    /// <summary>The entries from <paramref name="from"/> to <paramref name="to"/>, roughly, the earliest first; 25 h at most.</summary>
    public async Task<IReadOnlyList<ClusterLogEntry>> ReadAsync(DateTimeOffset from, DateTimeOffset to, CancellationToken ct)
    {
        if (to - from > Kept) from = to - Kept;
        var first = (long)(from - DateTimeOffset.UnixEpoch).TotalMinutes / MinutesPerKey;
        var last = (long)(to - DateTimeOffset.UnixEpoch).TotalMinutes / MinutesPerKey;
        var keys = Enumerable.Range(0, (int)Math.Max(0, last - first + 1)).Select(i => _redis.Keys.Log(first + i)).ToList();
        var hashes = await _redis.AskAsync(db => Task.WhenAll(keys.Select(key => db.HashGetAllAsync(key))), ct);
        return [.. hashes.SelectMany(Entries).OrderBy(entry => entry.At).ThenBy(entry => entry.Kind, StringComparer.Ordinal).ThenBy(entry => entry.Subject, StringComparer.Ordinal)];
    }

    private static IEnumerable<ClusterLogEntry> Entries(HashEntry[] hash)
    {
        var fields = hash.ToDictionary(field => field.Name.ToString(), field => field.Value, StringComparer.Ordinal);
        foreach (var (name, value) in fields)
        {
            if (name[0] != 't' || name.Split(Separator) is not [_, var kind, var subject, var who]) continue;
            var rest = name[1..];
            yield return new ClusterLogEntry(
                DateTimeOffset.FromUnixTimeMilliseconds((long)value), kind, subject, who, fields.GetValueOrDefault('d' + rest).ToString(), (long)fields.GetValueOrDefault('n' + rest));
        }
    }

    /// <summary>One line of a length that people read.</summary>
    private static string Clean(string text)
    {
        var line = string.Concat(text.Where(letter => !char.IsControl(letter)));
        return line.Length > 200 ? line[..200] : line;
    }
}
