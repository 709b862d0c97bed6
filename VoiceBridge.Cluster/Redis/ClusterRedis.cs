using System.Globalization;
using StackExchange.Redis;

namespace VoiceBridge.Cluster.Redis;

/// <summary>The cluster's Redis: its keys, its clock, and scripts that are atomic.</summary>
internal sealed class ClusterRedis(IConnectionMultiplexer connection, RedisKeys keys)
{
    public RedisKeys Keys => keys;

    public IDatabase Database => connection.GetDatabase();

    public ISubscriber Subscriber => connection.GetSubscriber();

    /// <summary>Runs a script by its hash; a server that does not know it (new, restarted, flushed) is given its text.</summary>
    public async Task<RedisResult> RunAsync(Script script, RedisKey[] scriptKeys, RedisValue[] values, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        try
        {
            return await Database.ExecuteAsync("EVALSHA", Arguments(script.Sha1, scriptKeys, values)).WaitAsync(ct);
        }
        catch (RedisServerException e) when (e.Message.StartsWith("NOSCRIPT", StringComparison.Ordinal))
        {
            return await Database.ExecuteAsync("EVAL", Arguments(script.Text, scriptKeys, values)).WaitAsync(ct);
        }
    }

    /// <summary>The server's time.</summary>
    public async Task<DateTimeOffset> NowAsync(CancellationToken ct)
    {
        var time = (RedisValue[])(await Database.ExecuteAsync("TIME").WaitAsync(ct))!;
        return DateTimeOffset.UnixEpoch.AddSeconds((long)time[0]).AddMicroseconds((long)time[1]);
    }

    private static object[] Arguments(string script, RedisKey[] scriptKeys, RedisValue[] values) =>
        [script, scriptKeys.Length.ToString(CultureInfo.InvariantCulture), .. scriptKeys.Cast<object>(), .. values.Cast<object>()];
}
