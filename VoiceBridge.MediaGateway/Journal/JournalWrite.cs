using StackExchange.Redis;

namespace VoiceBridge.MediaGateway.Journal;

/// <summary>One write of the journal.</summary>
internal static partial class JournalWrite
{
    private static readonly string[] NotDone = ["READONLY", "LOADING", "MASTERDOWN", "CLUSTERDOWN", "OOM", "TRYAGAIN", "NOREPLICAS", "MISCONF"];

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
        catch (Exception e) when (e is RedisConnectionException || (e is RedisServerException refused && SaysNotDone(refused.Message))
            || (repeatable && e is RedisException or RedisTimeoutException))
        {
            // Away. What was perhaps written already is repeated only where that does no harm: counters would count twice.
            return false;
        }
        catch (Exception e)
        {
            Log.Failed(logger, e);
            return true;
        }
    }

    /// <summary>Redis refused it for reasons of its own, and has done nothing: it is full, loads its data, or is no primary at the moment.</summary>
    private static bool SaysNotDone(string error) => Array.Exists(NotDone, code => error.Contains(code, StringComparison.Ordinal));

    private static partial class Log
    {
        [LoggerMessage(2, LogLevel.Warning, "An entry of a call could not be written")]
        public static partial void Failed(ILogger logger, Exception exception);
    }
}
