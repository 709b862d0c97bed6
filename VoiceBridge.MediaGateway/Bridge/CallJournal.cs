using System.Threading.Channels;
using VoiceBridge.Cluster.Calls;

namespace VoiceBridge.MediaGateway.Bridge;

/// <summary>Writes what happens on calls into the cluster's records, one after the other and beside everything else. What Redis does
/// not take is lost: no call waits for it.</summary>
internal sealed partial class CallJournal(CallStore calls, TimeProvider time, ILogger<CallJournal> logger) : BackgroundService
{
    private const int Capacity = 10_000;
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(3);

    private readonly Channel<Entry> _entries = Channel.CreateBounded<Entry>(
        new BoundedChannelOptions(Capacity) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });

    private bool _away;

    /// <summary>Changes the call's record.</summary>
    public void Update(string callId, CallChange change) => _entries.Writer.TryWrite(new Entry(callId, change, null, null));

    /// <summary>Moves the call forward: for browser callers, whom nobody else answers.</summary>
    public void Advance(string callId, CallState to, CallChange change) => _entries.Writer.TryWrite(new Entry(callId, change, null, to));

    /// <summary>Adds to the call's timeline; <paramref name="text"/> never holds what was said.</summary>
    public void Event(string callId, string kind, string text) =>
        _entries.Writer.TryWrite(new Entry(callId, null, new CallEvent(time.GetUtcNow(), kind, text), null));

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await foreach (var entry in _entries.Reader.ReadAllAsync(stoppingToken))
                await WriteAsync(entry, stoppingToken);
        }
        catch (OperationCanceledException)
        {
            // What is left is written below.
        }

        using var last = new CancellationTokenSource(Deadline, time);
        while (!last.IsCancellationRequested && _entries.Reader.TryRead(out var entry))
            await WriteAsync(entry, last.Token);
    }

    private async Task WriteAsync(Entry entry, CancellationToken cancellationToken)
    {
        try
        {
            var write = (entry.Change, entry.Event, entry.To) switch
            {
                ({ } change, _, { } to) => calls.AdvanceAsync(entry.CallId, to, change, cancellationToken),
                ({ } change, _, null) => calls.UpdateAsync(entry.CallId, change, cancellationToken),
                (_, { } happened, _) => calls.AddEventAsync(entry.CallId, happened, cancellationToken),
                _ => Task.CompletedTask,
            };
            await write.WaitAsync(Deadline, time, cancellationToken);
            _away = false;
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            // Said once, until it works again: a call has dozens of entries.
            if (!_away)
                Log.NotWritten(logger, exception.GetType().Name);
            _away = true;
        }
        catch (OperationCanceledException)
        {
            // Stopping.
        }
    }

    private readonly record struct Entry(string CallId, CallChange? Change, CallEvent? Event, CallState? To);

    private static partial class Log
    {
        [LoggerMessage(2001, LogLevel.Warning, "Call records are not being written ({Error}); calls go on")]
        public static partial void NotWritten(ILogger logger, string error);
    }
}
