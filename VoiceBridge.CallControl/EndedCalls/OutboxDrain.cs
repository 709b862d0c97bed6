using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using VoiceBridge.Cluster.Calls;
using VoiceBridge.Cluster.Events;
using VoiceBridge.History;
using VoiceBridge.History.Records;
using VoiceBridge.ServiceDefaults.Telemetry;

namespace VoiceBridge.CallControl.EndedCalls;

/// <summary>
/// Takes ended calls from the outbox to the history, at least once each. While the database is away they wait, for days; each replica does this, and none twice what
/// another one does.
/// </summary>
internal sealed partial class OutboxDrain(
    Outbox outbox, CallArchive archive, ClusterEvents events, IOptions<HistoryOptions> options, TimeProvider time, ILogger<OutboxDrain> logger) : BackgroundService
{
    private const int Batch = 50;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan MaxPause = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan RefusedPause = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan AlertPeriod = TimeSpan.FromMinutes(5);

    private bool _away;
    private DateTimeOffset _alertedAt;

    /// <summary>One round: what may be taken is written. False when the database does not answer.</summary>
    public async Task<bool> DrainAsync(CancellationToken cancellationToken)
    {
        await outbox.OpenAsync(options.Value.Settle, cancellationToken);
        await TrimAsync(cancellationToken);
        while (!cancellationToken.IsCancellationRequested)
        {
            var entries = await outbox.TakeAsync(Batch, Lease, cancellationToken);
            if (entries.Count == 0) return true;
            try
            {
                if (!await WriteAsync(await ReadAsync(entries, cancellationToken), cancellationToken)) return false;
            }
            catch
            {
                // The next one, here or elsewhere, need not wait until they lapse. Those that have arrived are not affected.
                await RedisFailures.IgnoreAsync(() => Task.WhenAll(entries.Select(entry => outbox.ReturnAsync(entry, Pause, CancellationToken.None))));
                throw;
            }

            if (entries.Count < Batch) return true;
        }

        return true;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var pause = Pause;
        try
        {
            while (!stoppingToken.IsCancellationRequested)
            {
                var drained = await TryDrainAsync(stoppingToken);
                pause = drained ? Pause : pause * 2 < MaxPause ? pause * 2 : MaxPause;
                await Task.Delay(pause, time, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // What was taken and not written is taken again when its lease lapses.
        }
    }

    /// <summary>A mistake in here must not end the service, which has calls to look after.</summary>
    private async Task<bool> TryDrainAsync(CancellationToken cancellationToken)
    {
        try
        {
            var drained = false;
            await RedisFailures.IgnoreAsync(async () => drained = await DrainAsync(cancellationToken));
            return drained;
        }
        catch (Exception exception) when (exception is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            Log.Failed(logger, exception);
            return false;
        }
    }

    private async Task<List<OutboxCall>> ReadAsync(IReadOnlyList<OutboxEntry> entries, CancellationToken cancellationToken)
    {
        var calls = new List<OutboxCall>(entries.Count);
        foreach (var entry in entries)
        {
            if (await outbox.ReadAsync(entry, cancellationToken) is { } call)
            {
                calls.Add(call);
                continue;
            }

            // Redis was emptied halfway, or the call waited for a week.
            Log.RecordGone(logger, entry.CallId);
            VoiceBridgeTelemetry.HistoryDropped.Add(1, new KeyValuePair<string, object?>("what", "call"));
            await outbox.DropAsync(entry, cancellationToken);
        }

        return calls;
    }

    /// <summary>All at once; where that is refused one by one, so that one that cannot be written holds up no other.</summary>
    private async Task<bool> WriteAsync(List<OutboxCall> calls, CancellationToken cancellationToken)
    {
        try
        {
            await WriteAllAsync(calls, cancellationToken);
            return true;
        }
        catch (Exception exception) when (IsRefusal(exception))
        {
            if (!await AnswersAsync(exception, cancellationToken))
            {
                foreach (var call in calls) await outbox.ReturnAsync(call.Entry, Pause, cancellationToken);
                return false;
            }
        }

        foreach (var call in calls)
        {
            try
            {
                await WriteAllAsync([call], cancellationToken);
            }
            catch (Exception exception) when (IsRefusal(exception))
            {
                Log.Refused(logger, call.Record.CallId, exception.GetBaseException().Message);
                // Written by another replica at the same moment: at once. Anything else must be looked into.
                await outbox.ReturnAsync(call.Entry, exception is DbUpdateException ? Pause : RefusedPause, cancellationToken);
            }
        }

        return true;
    }

    private async Task WriteAllAsync(List<OutboxCall> calls, CancellationToken cancellationToken)
    {
        await archive.WriteAsync([.. calls.Select(call => new FinishedCall(call.Record, call.Timeline, call.Turns))], cancellationToken);
        VoiceBridgeTelemetry.HistoryWritten.Add(calls.Count);
        if (_away) Log.Back(logger);
        _away = false;
        foreach (var call in calls)
        {
            if (!await outbox.DoneAsync(call, cancellationToken)) await archive.DeleteAsync(call.Record.CallId, cancellationToken);
        }
    }

    /// <summary>Whether the database is there and only refused what it was given. Says once when it is not.</summary>
    private async Task<bool> AnswersAsync(Exception refusal, CancellationToken cancellationToken)
    {
        try
        {
            await archive.ProbeAsync(cancellationToken);
            return true;
        }
        catch (Exception exception) when (IsRefusal(exception))
        {
            var waiting = await outbox.CountAsync(cancellationToken);
            if (!_away) Log.Away(logger, waiting, refusal.GetBaseException().Message);
            _away = true;
            if (time.GetUtcNow() - _alertedAt >= AlertPeriod)
            {
                _alertedAt = time.GetUtcNow();
                await events.PublishAsync(new ClusterEvent("alert", Detail: "The history database does not answer: ended calls wait in Redis"), cancellationToken);
            }

            return false;
        }
    }

    private async Task TrimAsync(CancellationToken cancellationToken)
    {
        var (calls, transcripts) = await outbox.TrimAsync(options.Value.MaxWaitingCalls, options.Value.MaxWaitingTranscripts, cancellationToken);
        if (transcripts.Count > 0)
        {
            Log.TranscriptsDropped(logger, transcripts.Count, options.Value.MaxWaitingTranscripts);
            VoiceBridgeTelemetry.HistoryDropped.Add(transcripts.Count, new KeyValuePair<string, object?>("what", "transcript"));
        }

        if (calls.Count == 0) return;
        Log.CallsDropped(logger, calls.Count, options.Value.MaxWaitingCalls, string.Join(' ', calls.Take(20)));
        VoiceBridgeTelemetry.HistoryDropped.Add(calls.Count, new KeyValuePair<string, object?>("what", "call"));
        await events.PublishAsync(new ClusterEvent("alert", Detail: $"The history is full of waiting calls: {calls.Count} will be missing in it"), cancellationToken);
    }

    /// <summary>The database is away, refuses, or somebody else was first.</summary>
    private static bool IsRefusal(Exception exception) => exception is DbException or DbUpdateException;

    private static partial class Log
    {
        [LoggerMessage(1807, LogLevel.Error, "Ended calls could not be taken to the history")]
        public static partial void Failed(ILogger logger, Exception exception);

        [LoggerMessage(1801, LogLevel.Error, "The history database does not answer, and {Count} ended calls wait in Redis: {Reason}")]
        public static partial void Away(ILogger logger, long count, string reason);

        [LoggerMessage(1802, LogLevel.Information, "The history database answers again")]
        public static partial void Back(ILogger logger);

        [LoggerMessage(1803, LogLevel.Error, "Call {CallId} could not be written to the history and waits: {Reason}")]
        public static partial void Refused(ILogger logger, string callId, string reason);

        [LoggerMessage(1804, LogLevel.Warning, "The transcripts of {Count} calls are lost: more than {Limit} wait for the history database (History:MaxWaitingTranscripts)")]
        public static partial void TranscriptsDropped(ILogger logger, int count, int limit);

        [LoggerMessage(1805, LogLevel.Error, "{Count} calls are lost to the history: more than {Limit} wait for its database (History:MaxWaitingCalls). The first of them: {CallIds}")]
        public static partial void CallsDropped(ILogger logger, int count, int limit, string callIds);

        [LoggerMessage(1806, LogLevel.Error, "Call {CallId} is lost to the history: Redis does not know it any more")]
        public static partial void RecordGone(ILogger logger, string callId);
    }
}
