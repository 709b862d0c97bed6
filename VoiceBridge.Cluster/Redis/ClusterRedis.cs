using System.Globalization;
using StackExchange.Redis;

namespace VoiceBridge.Cluster.Redis;

/// <summary>The cluster's Redis: its keys, its clock, and scripts that are atomic.</summary>
internal sealed class ClusterRedis(IConnectionMultiplexer connection, RedisKeys keys)
{
    public RedisKeys Keys => keys;

    public ISubscriber Subscriber => connection.GetSubscriber();

    /// <summary>
    /// Whatever is asked of Redis goes through here. A server that does not answer in time is a <see cref="RedisException"/> too, so that callers
    /// have one thing to catch.
    /// </summary>
    public async Task<T> AskAsync<T>(Func<IDatabase, Task<T>> ask, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        try
        {
            // The client's own deadline comes first. But in a race with a connection that breaks it can lose a command, which then neither
            // comes nor fails, and whoever waits for it would do so for ever.
            return await ask(connection.GetDatabase()).WaitAsync(TimeSpan.FromMilliseconds(2.0 * connection.TimeoutMilliseconds), ct);
        }
        catch (TimeoutException e)
        {
            throw new RedisConnectionException(ConnectionFailureType.UnableToConnect, "Redis did not answer in time.", e);
        }
        catch (OperationCanceledException e) when (!ct.IsCancellationRequested)
        {
            // The client cancels what was being written when its connection broke. To us that would look like our own wish to stop.
            throw new RedisConnectionException(ConnectionFailureType.SocketClosed, "The connection to Redis was lost.", e);
        }
        catch (InvalidOperationException e) when (e is not ObjectDisposedException)
        {
            // Its reader was just being taken down with the connection.
            throw new RedisConnectionException(ConnectionFailureType.SocketClosed, "The connection to Redis was lost.", e);
        }
    }

    /// <summary>Runs a script by its hash; a server that does not know it (new, restarted, flushed) is given its text.</summary>
    public async Task<RedisResult> RunAsync(Script script, RedisKey[] scriptKeys, RedisValue[] values, CancellationToken ct)
    {
        try
        {
            return await AskAsync(database => database.ScriptEvaluateAsync(script.Sha1, scriptKeys, values), ct);
        }
        catch (RedisServerException e) when (e.Message.StartsWith("NOSCRIPT", StringComparison.Ordinal))
        {
            object[] text = [script.Text, scriptKeys.Length.ToString(CultureInfo.InvariantCulture), .. scriptKeys.Cast<object>(), .. values.Cast<object>()];
            return await AskAsync(database => database.ExecuteAsync("EVAL", text), ct);
        }
    }

    /// <summary>The server's time.</summary>
    public async Task<DateTimeOffset> NowAsync(CancellationToken ct)
    {
        var time = (RedisValue[])(await AskAsync(database => database.ExecuteAsync("TIME"), ct))!;
        return DateTimeOffset.UnixEpoch.AddSeconds((long)time[0]).AddMicroseconds((long)time[1]);
    }
}
