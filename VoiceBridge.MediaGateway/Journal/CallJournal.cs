using System.Collections.Concurrent;
using System.Threading.Channels;
using Microsoft.Extensions.Options;
using StackExchange.Redis;
using VoiceBridge.Cluster.Calls;
using VoiceBridge.Cluster.Events;
using VoiceBridge.Cluster.Series;
using VoiceBridge.Cluster.Transcripts;
using KeptTranscripts = VoiceBridge.Cluster.Transcripts.Transcripts;

namespace VoiceBridge.MediaGateway.Journal;

/// <summary>Writes what calls take down to Redis, beside the calls. A command costs more than what is in it, so what comes within a moment goes
/// together, call by call. While Redis is away they wait; what does not fit is left out and counted. Turns are written whole after that.</summary>
internal sealed partial class CallJournal : ICallJournal, IHostedService, IAsyncDisposable
{
    private const int MostPages = 4_096;
    private const int MostUnderWay = 256;
    private const int LeftOutStep = 1_000;

    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan CountingPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan RetryPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LastLook = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan ClosingTime = TimeSpan.FromSeconds(3);

    private static readonly Task<bool> Nothing = Task.FromResult(true);

    private readonly Lock _gate = new();
    private readonly SeriesTally _tally = new();
    private readonly ClusterLogTally _happened = new();
    private readonly ConcurrentDictionary<TurnLog, bool> _open = new();
    private readonly CancellationTokenSource _closing = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly IConnectionMultiplexer _redis;
    private readonly CallStore _calls;
    private readonly WorkingTurns _workingTurns;
    private readonly KeptTranscripts _transcripts;
    private readonly ClusterEvents _events;
    private readonly Series _series;
    private readonly ClusterLog _log;
    private readonly TimeProvider _time;
    private readonly ILogger<CallJournal> _logger;

    // Room for one wake: a second one has nothing to say.
    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });

    private readonly Dictionary<string, PendingWrites> _pages = new(StringComparer.Ordinal);
    private readonly HashSet<string> _underWay = new(StringComparer.Ordinal);
    private TaskCompletionSource _hurry = NewHurry();
    private readonly CancellationToken _closed;
    private readonly CancellationToken _stopped;
    private Task _writing = Task.CompletedTask;
    private long _leftOut;
    private int _disposed;

    public CallJournal(
        IConnectionMultiplexer redis, CallStore calls, WorkingTurns workingTurns, KeptTranscripts transcripts, ClusterEvents events, Series series, ClusterLog log,
        IOptions<TranscriptOptions> options, TimeProvider time, ILogger<CallJournal> logger)
    {
        (_redis, _calls, _workingTurns, _transcripts, _events) = (redis, calls, workingTurns, transcripts, events);
        (_series, _log, _time, _logger) = (series, log, time, logger);
        KeepsTranscripts = options.Value.Keep;
        (_closed, _stopped) = (_closing.Token, _stopping.Token);
        _redis.ConnectionRestored += OnConnectionRestored;
    }

    public bool KeepsTranscripts { get; }

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _writing = Task.WhenAll(Task.Run(WriteAsync, CancellationToken.None), Task.Run(CountAsync, CancellationToken.None));
        return Task.CompletedTask;
    }

    // Calls that drain write on; the rest is written when the container is disposed of.
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Event(string callId, string kind, string text)
    {
        var entry = new CallEvent(_time.GetUtcNow(), kind, text);
        Add(new PendingWrites(callId) { Events = { entry } });
    }

    public void Change(string callId, CallChange change)
    {
        _tally.Add("tokens_in", change.InputTokens);
        _tally.Add("tokens_out", change.OutputTokens);
        _tally.Add("cost_micros", (long)(change.Cost * 1_000_000));
        Add(new PendingWrites(callId) { Change = change });
    }

    public void Latency(string series, TimeSpan latency) => _tally.AddLatency(series, latency);

    public void Happened(string kind, string subject, string detail = "") => _happened.Add(kind, subject, detail);

    public void TurnsChanged(TurnLog log)
    {
        _open.TryAdd(log, true);
        Add(new PendingWrites(log.CallId) { Changed = { log } });
    }

    public void WriteAgain(string callId)
    {
        foreach (var log in _open.Keys.Where(log => log.CallId == callId))
        {
            log.Invalidate();
            TurnsChanged(log);
        }
    }

    public void Keep(string callId, Turn redacted)
    {
        if (KeepsTranscripts)
            Add(new PendingWrites(callId) { Kept = { redacted } });
    }

    public void Close(TurnLog log, bool over)
    {
        _open.TryRemove(log, out _);
        Add(new PendingWrites(log.CallId) { Changed = { log }, IsOver = over });
        // The call may be on its way to another handler, which reads them.
        if (!over)
            Volatile.Read(ref _hurry).TrySetResult();
    }

    public async ValueTask DisposeAsync()
    {
        // The container disposes of what has several names several times.
        if (Interlocked.Exchange(ref _disposed, 1) == 1)
            return;
        _redis.ConnectionRestored -= OnConnectionRestored;
        _stopping.CancelAfter(ClosingTime);
        _wake.Writer.TryComplete();
        await _closing.CancelAsync().ConfigureAwait(false);
        await _writing.ConfigureAwait(false);
        _closing.Dispose();
        _stopping.Dispose();
    }

    /// <summary>Redis may have come back empty.</summary>
    private void OnConnectionRestored(object? sender, ConnectionFailedEventArgs e)
    {
        foreach (var log in _open.Keys)
        {
            log.Invalidate();
            TurnsChanged(log);
        }
    }

    private static TaskCompletionSource NewHurry() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Puts it behind what the call has taken down already.</summary>
    private void Add(PendingWrites page)
    {
        int leftOut;
        lock (_gate)
        {
            if (_pages.TryGetValue(page.CallId, out var earlier))
                leftOut = earlier.Add(page);
            else
                leftOut = _pages.Count < MostPages && _pages.TryAdd(page.CallId, page) ? 0 : 1;
        }
        LeaveOut(leftOut);
        _wake.Writer.TryWrite(true);
    }

    private void LeaveOut(int entries)
    {
        if (entries == 0)
            return;
        var total = Interlocked.Add(ref _leftOut, entries);
        if (total == entries || total / LeftOutStep != (total - entries) / LeftOutStep)
            Log.LeftOut(_logger, total);
    }

    private async Task WriteAsync()
    {
        while (await _wake.Reader.WaitToReadAsync().ConfigureAwait(false))
        {
            _wake.Reader.TryRead(out _);
            // What comes with it, and within a moment, costs little more.
            await Volatile.Read(ref _hurry).Task.WaitAsync(Moment, _time, _closed).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            Volatile.Write(ref _hurry, NewHurry());
            Send();
        }
        while (Send() > 0 && !_stopping.IsCancellationRequested)
            await Task.Delay(LastLook, _time, _stopped).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>Begins to write what waits, each call for itself: one that is stuck holds up no other. How many are not done.</summary>
    private int Send()
    {
        List<PendingWrites> pages;
        int left;
        lock (_gate)
        {
            pages = [.. _pages.Values.Where(page => !_underWay.Contains(page.CallId)).Take(MostUnderWay - _underWay.Count)];
            foreach (var page in pages)
            {
                _pages.Remove(page.CallId);
                _underWay.Add(page.CallId);
            }
            left = _pages.Count + _underWay.Count;
        }
        foreach (var page in pages)
            _ = SendAsync(page);
        return left;
    }

    private async Task SendAsync(PendingWrites page)
    {
        if (!await WriteAsync(page).ConfigureAwait(false))
            await Task.Delay(RetryPause, _time, _closed).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        var leftOut = 0;
        bool more;
        lock (_gate)
        {
            _underWay.Remove(page.CallId);
            // What is to be tried again goes before whatever has come since.
            if (_pages.Remove(page.CallId, out var later))
                leftOut = page.Add(later);
            if (!page.IsEmpty)
                _pages.Add(page.CallId, page);
            more = _pages.Count > 0;
        }
        LeaveOut(leftOut);
        if (more)
            _wake.Writer.TryWrite(true);
    }

    private async Task CountAsync()
    {
        using var timer = new PeriodicTimer(CountingPause, _time);
        try
        {
            while (await timer.WaitForNextTickAsync(_closed).ConfigureAwait(false))
                await WriteCountersAsync().ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            await WriteCountersAsync().ConfigureAwait(false);
        }
    }

    private async Task WriteCountersAsync()
    {
        await TryAsync(() => _happened.WriteAsync(_log, _stopped), repeatable: false).ConfigureAwait(false);
        var counters = _tally.Take();
        if (counters.Count > 0 && !await TryAsync(() => _series.AddAsync(counters, _stopped), repeatable: false).ConfigureAwait(false))
            _tally.Return(counters);
    }

    /// <summary>False when what is left on the page is to be tried again. Everything is sent before the first answer is waited for.</summary>
    private async Task<bool> WriteAsync(PendingWrites page)
    {
        var (callId, cancellationToken) = (page.CallId, _stopped);
        var change = page.Change is { } changed ? TryAsync(() => _calls.UpdateAsync(callId, changed, cancellationToken), repeatable: false) : Nothing;
        var events = page.Events.Count > 0 ? TryAsync(() => _calls.AddEventsAsync(callId, page.Events, cancellationToken), repeatable: false) : Nothing;
        var kept = page.Kept.Count > 0 ? TryAsync(() => _transcripts.AppendAsync(callId, page.Kept, cancellationToken), repeatable: false) : Nothing;
        var turns = page.Changed.Select(log => TryAsync(() => WriteTurnsAsync(log, cancellationToken), repeatable: true)).ToList();
        // Redis takes it after the turns, which it lets go.
        var end = page.IsOver ? TryAsync(() => _workingTurns.EndAsync(callId, cancellationToken), repeatable: true) : Nothing;

        if (await change.ConfigureAwait(false))
            page.Change = null;
        if (await events.ConfigureAwait(false))
            page.Events.Clear();
        if (await kept.ConfigureAwait(false))
            page.Kept.Clear();
        for (var i = turns.Count - 1; i >= 0; i--)
        {
            if (await turns[i].ConfigureAwait(false))
                page.Changed.RemoveAt(i);
        }
        page.IsOver &= !await end.ConfigureAwait(false);
        return page.IsEmpty;
    }

    private async Task WriteTurnsAsync(TurnLog log, CancellationToken cancellationToken)
    {
        var written = log.Take();
        var turns = log.Current;
        var added = written?.Count <= turns.Count && written.SequenceEqual(turns.Take(written.Count)) ? turns.Skip(written.Count).ToList() : null;
        var writing = added switch
        {
            null => _workingTurns.ReplaceAsync(log.CallId, turns, cancellationToken),
            { Count: > 0 } => _workingTurns.AppendAsync(log.CallId, added, cancellationToken),
            _ => Task.CompletedTask,
        };
        await _events.PublishAsync(new ClusterEvent("turn", log.CallId), cancellationToken).ConfigureAwait(false);
        await writing.ConfigureAwait(false);
        log.Written = turns;
    }

    private Task<bool> TryAsync(Func<Task> write, bool repeatable) => JournalWrite.TryAsync(write, repeatable, _logger);

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "Redis cannot be written to: {Count} entries of calls left out so far")]
        public static partial void LeftOut(ILogger logger, long count);
    }
}
