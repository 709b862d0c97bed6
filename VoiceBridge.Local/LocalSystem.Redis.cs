using VoiceBridge.Local.Redis;

namespace VoiceBridge.Local;

/// <content>What happens to Redis while the system runs.</content>
public sealed partial class LocalSystem
{
    private int _redisPort;

    /// <summary>Redis is the embedded one, which can be stopped and started.</summary>
    public bool OwnsRedis => _options.Redis is null;

    /// <summary>Forgets everything of the cluster, as an emptied Redis does. Other clusters on the server keep theirs.</summary>
    public async Task FlushRedisAsync()
    {
        var database = Cluster.Redis.GetDatabase();
        if (OwnsRedis)
        {
            await database.ExecuteAsync("FLUSHALL");
            return;
        }
        foreach (var key in (string[])(await database.ExecuteAsync("KEYS", $"*{ClusterName}*"))!) await database.KeyDeleteAsync(key);
    }

    /// <summary>Stops the embedded server; what it held is lost.</summary>
    public void StopRedis()
    {
        if (!OwnsRedis) throw new InvalidOperationException("Redis is not the embedded one.");
        if (_redis is null) return;
        _redisPort = _redis.Port;
        _redis.Dispose();
        _redis = null;
    }

    /// <summary>Starts the embedded server again, empty, on the same port.</summary>
    public void RestartRedis()
    {
        if (!OwnsRedis) throw new InvalidOperationException("Redis is not the embedded one.");
        _redis ??= EmbeddedRedis.Start(_redisPort);
    }
}
