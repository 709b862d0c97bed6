using StackExchange.Redis;
using VoiceBridge.Cluster.Redis;

namespace VoiceBridge.MediaGateway.Journal;

/// <summary>One write of the journal.</summary>
internal static partial class JournalWrite
{
    /// <summary>False to try again.</summary>
    public static async Task<bool> TryAsync(Func<Task> write, bool repeatable, ILogger logger)
    {
        try
        {
            await write().ConfigureAwait(false);
            return true;
        }
        catch (OperationCanceledException)
        {
            return true;
        }
        catch (Exception e) when (e is RedisConnectionException || RedisRefusals.Passes(e) || (repeatable && e is RedisException or RedisTimeoutException))
        {
            // Away, full, loading or no primary. What was perhaps written already is repeated only where that does no harm: counters would count twice.
            return false;
        }
        catch (Exception e)
        {
            Log.Failed(logger, e);
            return true;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(2, LogLevel.Warning, "An entry of a call could not be written")]
        public static partial void Failed(ILogger logger, Exception exception);
    }
}
