using StackExchange.Redis;

namespace VoiceBridge.CallControl.Calls;

/// <summary>Tells "Redis is away" from mistakes.</summary>
internal static class RedisAway
{
    /// <summary>Redis is down, unreachable, too slow, or not the primary any more.</summary>
    public static bool Is(Exception exception) => exception is RedisException or TimeoutException;

    /// <summary>Runs <paramref name="action"/>; false when Redis is away, which is expected and costs only what was to be written.</summary>
    public static async Task<bool> TryAsync(Func<Task> action)
    {
        try
        {
            await action();
            return true;
        }
        catch (Exception exception) when (Is(exception))
        {
            return false;
        }
    }

    /// <summary>What Redis knows; null also when it is away.</summary>
    public static async Task<T?> AskAsync<T>(Func<Task<T?>> read)
        where T : class
    {
        T? known = null;
        await TryAsync(async () => known = await read());
        return known;
    }

    /// <summary>Runs <paramref name="action"/> until Redis takes it, at most for <paramref name="limit"/>. False when it never did.</summary>
    public static async Task<bool> RetryAsync(Func<Task> action, TimeSpan limit, TimeProvider time, CancellationToken cancellationToken)
    {
        var until = time.GetUtcNow() + limit;
        while (!await TryAsync(action))
        {
            if (time.GetUtcNow() >= until) return false;
            await Task.Delay(TimeSpan.FromMilliseconds(500), time, cancellationToken);
        }

        return true;
    }
}
