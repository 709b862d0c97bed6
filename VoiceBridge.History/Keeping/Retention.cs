using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using VoiceBridge.Cluster.Transcripts;
using VoiceBridge.History.Records;
using VoiceBridge.History.Storage;

namespace VoiceBridge.History.Keeping;

/// <summary>Deletes what is older than it may become. Any number of processes may do it at the same time.</summary>
public sealed class Retention
{
    private const int Batch = 500;

    private readonly HistoryDatabase _database;
    private readonly HistoryOptions _options;
    private readonly TranscriptOptions _transcripts;
    private readonly TimeProvider _time;

    internal Retention(HistoryDatabase database, IOptions<HistoryOptions> options, IOptions<TranscriptOptions> transcripts, TimeProvider time) =>
        (_database, _options, _transcripts, _time) = (database, options.Value, transcripts.Value, time);

    /// <summary>How many calls and transcripts it deleted.</summary>
    public async Task<(long Calls, long Transcripts)> ApplyAsync(CancellationToken cancellationToken)
    {
        var now = _time.GetUtcNow();
        await using var context = await _database.OpenAsync(cancellationToken);
        var transcripts = await DeleteAsync(
            context, before => context.Contents.Where(content => content.Turns != null && content.EndedAt < before).OrderBy(content => content.EndedAt).Select(content => content.Id),
            ids => ForgetTurnsAsync(context, ids, cancellationToken), now - _transcripts.Retention, cancellationToken);
        var calls = await DeleteAsync(
            context, before => context.Calls.Where(call => call.EndedAt < before).OrderBy(call => call.EndedAt).Select(call => call.Id),
            ids => _database.DeleteCallsAsync(context, ids, cancellationToken), now.AddDays(-_options.CallDays), cancellationToken);
        var lastDay = DayTally.DayOf(now.AddDays(-_options.ReportDays));
        await context.DayCounts.Where(count => count.Day < lastDay).ExecuteDeleteAsync(cancellationToken);
        var lastAccess = now.AddDays(-_options.AccessDays);
        await context.Accesses.Where(entry => entry.At < lastAccess).ExecuteDeleteAsync(cancellationToken);
        var lastWebhook = now.AddDays(-_options.WebhookDays);
        await context.Deliveries.Where(delivery => delivery.StartedAt < lastWebhook).ExecuteDeleteAsync(cancellationToken);
        await context.Receivers.Where(receiver => receiver.SeenAt < lastWebhook).ExecuteDeleteAsync(cancellationToken);
        return (calls, transcripts);
    }

    /// <summary>In small steps, so that nobody who writes has to wait for long.</summary>
    private static async Task<long> DeleteAsync(
        HistoryContext context, Func<DateTimeOffset, IQueryable<long>> find, Func<List<long>, Task> delete, DateTimeOffset before, CancellationToken cancellationToken)
    {
        var deleted = 0L;
        while (true)
        {
            var ids = await find(before).Take(Batch).ToListAsync(cancellationToken);
            if (ids.Count == 0) return deleted;
            await using var transaction = await context.Database.BeginTransactionAsync(cancellationToken);
            await delete(ids);
            await transaction.CommitAsync(cancellationToken);
            deleted += ids.Count;
        }
    }

    private async Task ForgetTurnsAsync(HistoryContext context, List<long> ids, CancellationToken cancellationToken)
    {
        await _database.Search.DeleteAsync(context, ids, cancellationToken);
        await context.Contents.Where(content => ids.Contains(content.Id)).ExecuteUpdateAsync(set => set.SetProperty(content => content.Turns, (string?)null), cancellationToken);
    }
}
