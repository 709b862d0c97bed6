using StackExchange.Redis;
using VoiceBridge.Cluster.Redis;

namespace VoiceBridge.CallControl.ClusterState;

/// <summary>Tells "Redis is away" from mistakes.</summary>
internal static class RedisFailures
{
    /// <summary>Redis is down, unreachable, too slow, or refuses (which <c>ClusterRedis</c> says aloud).</summary>
    public static bool IsTransient(Exception exception) => exception is RedisException or TimeoutException;

    /// <summary>Whether trying again may help: not with a mistake of ours.</summary>
    private static bool IsWorthRetrying(Exception exception) => exception is not RedisServerException || RedisRefusals.Passes(exception);

    /// <summary>Runs <paramref name="action"/>; false when Redis is away, which is expected and costs only what was to be written.</summary>
    public static async Task<bool> IgnoreAsync(Func<Task> action)
    {
        try
        {
            await action();
            return true;
        }
        catch (Exception exception) when (IsTransient(exception))
        {
            return false;
        }
    }

    /// <summary>What Redis knows; null also when it is away.</summary>
    public static async Task<T?> ReadOrNullAsync<T>(Func<Task<T?>> read)
        where T : class
    {
        T? known = null;
        await IgnoreAsync(async () => known = await read());
        return known;
    }

    /// <summary>Runs <paramref name="action"/> until Redis takes it, at most for <paramref name="limit"/>. False when it never did.</summary>
    public static async Task<bool> RetryAsync(Func<Task> action, TimeSpan limit, TimeProvider time, CancellationToken cancellationToken)
    {
        var until = time.GetUtcNow() + limit;
        while (true)
        {
            try
            {
                await action();
                return true;
            }
            catch (Exception exception) when (IsTransient(exception))
            {
                if (!IsWorthRetrying(exception) || time.GetUtcNow() >= until) return false;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(500), time, cancellationToken);
        }
    }
}
