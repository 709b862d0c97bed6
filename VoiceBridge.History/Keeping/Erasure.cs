using Microsoft.EntityFrameworkCore;
using VoiceBridge.History.Numbers;
using VoiceBridge.History.Storage;

namespace VoiceBridge.History.Keeping;

/// <summary>Takes a person out of the database.</summary>
public sealed class Erasure
{
    private const int Batch = 500;
    private const string Erased = "[erased]";

    private readonly HistoryDatabase _database;
    private readonly NumberKeys _numbers;

    internal Erasure(HistoryDatabase database, NumberKeys numbers) => (_database, _numbers) = (database, numbers);

    /// <summary>
    /// Deletes all calls of a caller with all that is kept of them, and takes the number out of the timelines of others' calls (as the target of a transfer) and out of
    /// what others said. The daily figures stay: they name nobody.
    /// </summary>
    public async Task<ErasedHistory> EraseAsync(string number, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(number);
        await using var context = await _database.OpenAsync(cancellationToken);
        var keys = await _numbers.AllHashesAsync(context, number, cancellationToken);
        var whole = PhoneNumbers.Normalize(number);
        var (calls, transcripts, webhooks) = (0L, 0L, 0L);
        while (true)
        {
            var found = await context.Calls.AsNoTracking().Where(call => keys.Contains(call.CallerKey) || call.Caller == whole).OrderBy(call => call.Id).Take(Batch)
                .Select(call => new { call.Id, call.CallId }).ToListAsync(cancellationToken);
            if (found.Count == 0) break;
            var ids = found.Select(call => call.Id).ToList();
            var callIds = found.Select(call => call.CallId).ToList();
            await using var transaction = await context.Database.BeginTransactionAsync(cancellationToken);
            transcripts += await context.Contents.CountAsync(content => ids.Contains(content.Id) && content.Turns != null, cancellationToken);
            webhooks += await _database.DeleteCallsAsync(context, ids, cancellationToken);
            await context.Accesses.Where(entry => callIds.Contains(entry.CallId)).ExecuteDeleteAsync(cancellationToken);
            await transaction.CommitAsync(cancellationToken);
            calls += ids.Count;
        }

        var mentions = await EraseMentionsAsync(context, whole, cancellationToken);
        await _database.ScrubAsync(context, cancellationToken);
        return new ErasedHistory(calls, transcripts, mentions, webhooks);
    }

    private async Task<long> EraseMentionsAsync(HistoryContext context, string number, CancellationToken cancellationToken)
    {
        // What is no telephone number may be a word that many use.
        if (!number.StartsWith('+')) return 0;
        var mentions = 0L;
        while (true)
        {
            var contents = await context.Contents.Where(content => content.Timeline.Contains(number) || content.Turns != null && content.Turns.Contains(number))
                .Take(Batch).ToListAsync(cancellationToken);
            if (contents.Count == 0) return mentions;
            var spoken = contents.Where(content => content.Turns?.Contains(number, StringComparison.Ordinal) == true).ToList();
            foreach (var content in contents)
            {
                content.Timeline = content.Timeline.Replace(number, Erased, StringComparison.Ordinal);
                content.Turns = content.Turns?.Replace(number, Erased, StringComparison.Ordinal);
            }

            await using var transaction = await context.Database.BeginTransactionAsync(cancellationToken);
            await context.SaveChangesAsync(cancellationToken);
            foreach (var content in spoken) await _database.Search.WriteAsync(context, content.Id, Records.CallArchive.Said(Records.HistoryJson.ReadTurns(content.Turns!)), cancellationToken);
            await transaction.CommitAsync(cancellationToken);
            context.ChangeTracker.Clear();
            mentions += contents.Count;
        }
    }
}

/// <summary>What was taken out: a caller's calls, how many of them with a transcript, other calls in which the number stood, and webhooks that had not arrived.</summary>
public sealed record ErasedHistory(long Calls, long Transcripts, long Mentions, long Webhooks);
