using System.Collections.Concurrent;
using System.Threading.Channels;
using Microsoft.Extensions.Options;
using StackExchange.Redis;
using VoiceBridge.Cluster.Calls;
using VoiceBridge.Cluster.Events;
using VoiceBridge.Cluster.Series;
using VoiceBridge.Cluster.Transcripts;

namespace VoiceBridge.MediaGateway.Agents.Journal;

/// <summary>Writes what calls take down to Redis, beside the calls: a few queues of bounded length, each call in one of them so that its
/// entries stay in order. While Redis is away they wait; what does not fit is left out and counted. Turns are written whole after that.</summary>
internal sealed partial class CallJournal : ICallJournal, IHostedService, IAsyncDisposable
{
    private const int Queues = 4;
    private const int QueueLength = 4_096;

    private static readonly TimeSpan RetryPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ClosingTime = TimeSpan.FromSeconds(3);

    private readonly Channel<Entry>[] _queues = [.. Enumerable.Range(0, Queues).Select(_ =>
        Channel.CreateBounded<Entry>(new BoundedChannelOptions(QueueLength) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait }))];

    private readonly ConcurrentDictionary<TurnLog, bool> _open = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly IConnectionMultiplexer _redis;
    private readonly CallStore _calls;
    private readonly WorkingTurns _workingTurns;
    private readonly Transcripts _transcripts;
    private readonly ClusterEvents _events;
    private readonly Series _series;
    private readonly TimeProvider _time;
    private readonly ILogger<CallJournal> _logger;
    private Task _writing = Task.CompletedTask;
    private long _leftOut;
    private int _disposed;

    public CallJournal(
        IConnectionMultiplexer redis, CallStore calls, WorkingTurns workingTurns, Transcripts transcripts, ClusterEvents events, Series series,
        IOptions<TranscriptOptions> options, TimeProvider time, ILogger<CallJournal> logger)
    {
        (_redis, _calls, _workingTurns, _transcripts, _events) = (redis, calls, workingTurns, transcripts, events);
        (_series, _time, _logger) = (series, time, logger);
        KeepsTranscripts = options.Value.Keep;
        _redis.ConnectionRestored += OnConnectionRestored;
    }

    public bool KeepsTranscripts { get; }

    /// <summary>Entries that found their queue full since the process began.</summary>
    public long LeftOut => Interlocked.Read(ref _leftOut);

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _writing = Task.WhenAll(_queues.Select(queue => Task.Run(() => WriteAsync(queue.Reader), CancellationToken.None)));
        return Task.CompletedTask;
    }

    // Calls that drain write on; the rest is written when the container is disposed of.
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Event(string callId, string kind, string text)
    {
        var entry = new CallEvent(_time.GetUtcNow(), kind, text);
        Queue(callId, false, ct => _calls.AddEventAsync(callId, entry, ct));
    }

    public void Change(string callId, CallChange change)
    {
        Queue(callId, false, ct => _calls.UpdateAsync(callId, change, ct));
        if (change.InputTokens > 0 || change.OutputTokens > 0)
        {
            var counters = new Dictionary<string, long>
            {
                ["tokens_in"] = change.InputTokens,
                ["tokens_out"] = change.OutputTokens,
                ["cost_micros"] = (long)(change.Cost * 1_000_000),
            };
            Queue(callId, false, ct => _series.AddAsync(counters, ct));
        }
    }

    public void Latency(string callId, string series, double milliseconds)
    {
        var counters = new Dictionary<string, long> { [LatencyBuckets.Counter(series, milliseconds)] = 1 };
        Queue(callId, false, ct => _series.AddAsync(counters, ct));
    }

    public void TurnsChanged(TurnLog log)
    {
        _open.TryAdd(log, true);
        if (log.TryQueue() && !Queue(log.CallId, true, ct => WriteTurnsAsync(log, ct)))
            log.Take();
    }

    public void WriteAgain(string callId)
    {
        foreach (var log in _open.Keys.Where(log => log.CallId == callId))
        {
            log.Doubt();
            TurnsChanged(log);
        }
    }

    public void Keep(string callId, Turn redacted)
    {
        if (KeepsTranscripts)
            Queue(callId, false, ct => _transcripts.AppendAsync(callId, redacted, ct));
    }

    public void Close(TurnLog log, bool over)
    {
        TurnsChanged(log);
        _open.TryRemove(log, out _);
        if (over)
            Queue(log.CallId, true, ct => _workingTurns.EndAsync(log.CallId, ct));
    }

    public async ValueTask DisposeAsync()
    {
        // The container disposes of what has several names several times.
        if (Interlocked.Exchange(ref _disposed, 1) == 1)
            return;
        _redis.ConnectionRestored -= OnConnectionRestored;
        foreach (var queue in _queues)
            queue.Writer.TryComplete();
        _stopping.CancelAfter(ClosingTime);
        await _writing.ConfigureAwait(false);
        _stopping.Dispose();
    }

    /// <summary>Redis may have come back empty.</summary>
    private void OnConnectionRestored(object? sender, ConnectionFailedEventArgs e)
    {
        foreach (var log in _open.Keys)
        {
            log.Doubt();
            TurnsChanged(log);
        }
    }

    private bool Queue(string callId, bool repeatable, Func<CancellationToken, Task> write)
    {
        var queue = _queues[(int)((uint)string.GetHashCode(callId, StringComparison.Ordinal) % Queues)];
        if (queue.Writer.TryWrite(new Entry(write, repeatable)))
            return true;
        if (Interlocked.Increment(ref _leftOut) % 1_000 == 1)
            Log.LeftOut(_logger, LeftOut);
        return false;
    }

    private async Task WriteTurnsAsync(TurnLog log, CancellationToken cancellationToken)
    {
        log.Take();
        var turns = log.Current;
        var written = log.Written;
        log.Written = null;     // until it is known to have succeeded
        if (written?.Count <= turns.Count && written.SequenceEqual(turns.Take(written.Count)))
        {
            for (var i = written.Count; i < turns.Count; i++)
                await _workingTurns.AppendAsync(log.CallId, turns[i], cancellationToken).ConfigureAwait(false);
        }
        else
        {
            await _workingTurns.ReplaceAsync(log.CallId, turns, cancellationToken).ConfigureAwait(false);
        }
        log.Written = turns;
        await _events.PublishAsync(new ClusterEvent("turn", log.CallId), cancellationToken).ConfigureAwait(false);
    }

    private async Task WriteAsync(ChannelReader<Entry> queue)
    {
        await foreach (var entry in queue.ReadAllAsync().ConfigureAwait(false))
        {
            while (!await TryWriteAsync(entry).ConfigureAwait(false))
            {
                await Task.Delay(RetryPause, _time, _stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                if (_stopping.IsCancellationRequested)
                    return;
            }
        }
    }

    /// <summary>False to try again.</summary>
    private async Task<bool> TryWriteAsync(Entry entry)
    {
        try
        {
            await entry.Write(_stopping.Token).ConfigureAwait(false);
            return true;
        }
        catch (OperationCanceledException)
        {
            return true;
        }
        catch (Exception e) when (e is RedisConnectionException || (entry.Repeatable && e is RedisException or RedisTimeoutException))
        {
            // Away. An entry that was perhaps written already is repeated only where that does no harm: counters would count twice.
            return false;
        }
        catch (Exception e)
        {
            Log.Failed(_logger, e);
            return true;
        }
    }

    private readonly record struct Entry(Func<CancellationToken, Task> Write, bool Repeatable);

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "Redis takes nothing down: {Count} entries of calls left out so far")]
        public static partial void LeftOut(ILogger logger, long count);

        [LoggerMessage(2, LogLevel.Warning, "An entry of a call could not be written")]
        public static partial void Failed(ILogger logger, Exception exception);
    }
}
