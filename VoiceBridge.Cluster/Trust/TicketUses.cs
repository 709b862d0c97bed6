using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using StackExchange.Redis;
using VoiceBridge.Cluster.Redis;

namespace VoiceBridge.Cluster.Trust;

/// <summary>Lets a ticket be used once. This process knows its own uses; Redis knows those of the others, while it is there.</summary>
public sealed class TicketUses
{
    // No ticket that is used once is valid for longer.
    private static readonly TimeSpan Memory = TimeSpan.FromMinutes(10);

    private readonly ConcurrentDictionary<string, long> _used = new(StringComparer.Ordinal);
    private readonly ClusterRedis _redis;
    private readonly TimeProvider _time;

    internal TicketUses(ClusterRedis redis, TimeProvider time) => (_redis, _time) = (redis, time);

    /// <summary>True the first time for a ticket in the cluster. Without Redis, on this process.</summary>
    public async Task<bool> TryUseAsync(string token, TimeSpan deadline, CancellationToken ct)
    {
        ArgumentException.ThrowIfNullOrEmpty(token);
        var now = _time.GetTimestamp();
        foreach (var (used, at) in _used)
        {
            if (_time.GetElapsedTime(at, now) > Memory) _used.TryRemove(used, out _);
        }

        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(token)).AsSpan(0, 16));
        if (!_used.TryAdd(hash, now)) return false;
        try
        {
            return await _redis.AskAsync(db => db.StringSetAsync(_redis.Keys.UsedTicket(hash), "", Memory, When.NotExists), ct).WaitAsync(deadline, _time, ct);
        }
        catch (Exception e) when (e is RedisException or TimeoutException)
        {
            return true;
        }
    }
}
