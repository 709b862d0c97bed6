using System.Text.Json;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;
using VoiceBridge.Cluster.Events;

namespace VoiceBridge.Cluster.Redis;

/// <summary>The cluster's Redis: its keys, and scripts that are atomic.</summary>
internal sealed partial class ClusterRedis(IConnectionMultiplexer connection, RedisKeys keys, TimeProvider time, ILogger<ClusterRedis> logger)
{
    /// <summary>A server that refuses commands does so many times a second.</summary>
    private static readonly TimeSpan LogInterval = TimeSpan.FromMinutes(1);

    private long _refusedAt = long.MinValue;

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
            var asked = ask(connection.GetDatabase());
            // Whoever stops waiting leaves the task behind: its failure is nobody's.
            _ = asked.ContinueWith(static task => task.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
            // The client's own deadline comes first. But in a race with a connection that breaks it can lose a command, which then neither
            // comes nor fails, and whoever waits for it would do so for ever.
            return await asked.WaitAsync(TimeSpan.FromMilliseconds(2.0 * connection.TimeoutMilliseconds), ct);
        }
        catch (RedisServerException e)
        {
            await SayAsync(e);
            throw;
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

    /// <summary>Runs a script. The client sends its hash, and its text to a server that does not know it (new, restarted, flushed).</summary>
    public Task<RedisResult> RunAsync(Script script, RedisKey[] scriptKeys, RedisValue[] values, CancellationToken ct) =>
        AskAsync(database => database.ScriptEvaluateAsync(script.Text, scriptKeys, values), ct);

    /// <summary>
    /// Redis is there and refuses: it is full (OOM), no primary (READONLY), or a script of ours is wrong. To callers that is as if it were away; somebody must be told that
    /// it is not.
    /// </summary>
    private async Task SayAsync(RedisServerException refusal)
    {
        var now = time.GetTimestamp();
        var last = Volatile.Read(ref _refusedAt);
        if (last != long.MinValue && time.GetElapsedTime(last, now) < LogInterval) return;
        if (Interlocked.CompareExchange(ref _refusedAt, now, last) != last) return;
        Log.Refused(logger, refusal.Message);
        try
        {
            var alert = new ClusterEvent("alert", Detail: $"Redis refuses commands: {refusal.Message}");
            await Subscriber.PublishAsync(keys.Events, JsonSerializer.SerializeToUtf8Bytes(alert, ClusterJson.Default.ClusterEvent), CommandFlags.FireAndForget);
        }
        catch (RedisException)
        {
            // The log has it.
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1141, LogLevel.Error, "Redis refuses commands, and calls are handled as if it were away: {Message}")]
        public static partial void Refused(ILogger logger, string message);
    }
}
