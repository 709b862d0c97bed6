using System.Globalization;
using System.Text;
using Microsoft.EntityFrameworkCore;
using VoiceBridge.Cluster.Calls;
using VoiceBridge.Cluster.Transcripts;
using VoiceBridge.History.Numbers;
using VoiceBridge.History.Storage;
using VoiceBridge.ServiceDefaults.Privacy;

namespace VoiceBridge.History.Records;

/// <summary>Writes ended calls. A call may be written any number of times, by anybody: it is there once, as it was written last.</summary>
public sealed class CallArchive
{
    private readonly HistoryDatabase _database;
    private readonly NumberKeys _numbers;
    private readonly CallerIdPrivacy _privacy;
    private readonly string[] _receivers;
    private readonly TimeProvider _time;

    /// <summary><paramref name="receivers"/> are those of webhooks: each is told of each call.</summary>
    internal CallArchive(HistoryDatabase database, NumberKeys numbers, CallerIdPrivacy privacy, string[] receivers, TimeProvider time) =>
        (_database, _numbers, _privacy, _receivers, _time) = (database, numbers, privacy, receivers, time);

    /// <summary>
    /// Writes all of the calls, or none and throws: a <see cref="DbUpdateException"/> when somebody else wrote one of them at the same moment (try again), a
    /// <see cref="System.Data.Common.DbException"/> while the database does not answer.
    /// </summary>
    public async Task WriteAsync(IReadOnlyCollection<FinishedCall> calls, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(calls);
        if (calls.Count == 0) return;
        await using var context = await _database.OpenAsync(cancellationToken);
        // Before the transaction, which it must not prolong.
        var keys = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var caller in calls.Select(call => call.Record.From).Distinct(StringComparer.Ordinal))
            keys[caller] = await _numbers.HashAsync(context, caller, cancellationToken);

        await using var transaction = await context.Database.BeginTransactionAsync(cancellationToken);
        var ids = calls.Select(call => call.Record.CallId).ToList();
        var rows = await context.Calls.Where(row => ids.Contains(row.CallId)).ToDictionaryAsync(row => row.CallId, StringComparer.Ordinal, cancellationToken);
        var tally = new DayTally();
        var added = new List<EndedCall>();
        // In one order, so that two who write the same calls do not wait for each other.
        foreach (var call in calls.OrderBy(call => call.Record.CallId, StringComparer.Ordinal))
        {
            if (rows.TryGetValue(call.Record.CallId, out var row)) tally.Add(row, -1);
            else added.Add(rows[call.Record.CallId] = row = new EndedCall { CallId = call.Record.CallId });
            row.Apply(call.Record, keys[call.Record.From], _privacy);
            row.Version++;
            tally.Add(row, 1);
        }

        context.Calls.AddRange(added);
        await context.SaveChangesAsync(cancellationToken);
        // With the first writing of a call, in its transaction: one event each, and none is forgotten.
        var now = _time.GetUtcNow();
        context.Deliveries.AddRange(added.SelectMany(row => _receivers.Select(receiver => new WebhookDelivery { CallRow = row.Id, Receiver = receiver, StartedAt = now, NextAt = now })));
        await WriteContentsAsync(context, calls, rows, cancellationToken);
        await CountAsync(context, tally.Changes, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    /// <summary>Deletes one call: it was erased while it was on its way.</summary>
    public async Task DeleteAsync(string callId, CancellationToken cancellationToken)
    {
        await using var context = await _database.OpenAsync(cancellationToken);
        var ids = await context.Calls.Where(row => row.CallId == callId).Select(row => row.Id).ToListAsync(cancellationToken);
        await using var transaction = await context.Database.BeginTransactionAsync(cancellationToken);
        await _database.DeleteCallsAsync(context, ids, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        await _database.ScrubAsync(context, cancellationToken);
    }

    /// <summary>Whether the database answers; throws a <see cref="System.Data.Common.DbException"/> when it does not.</summary>
    public async Task ProbeAsync(CancellationToken cancellationToken)
    {
        await using var context = await _database.OpenAsync(cancellationToken);
        await context.Secrets.CountAsync(cancellationToken);
    }

    private async Task WriteContentsAsync(
        HistoryContext context, IReadOnlyCollection<FinishedCall> calls, Dictionary<string, EndedCall> rows, CancellationToken cancellationToken)
    {
        var ids = rows.Values.Select(row => row.Id).ToList();
        var contents = await context.Contents.Where(content => ids.Contains(content.Id)).ToDictionaryAsync(content => content.Id, cancellationToken);
        var said = new Dictionary<long, string>();
        foreach (var call in calls)
        {
            var row = rows[call.Record.CallId];
            if (!contents.TryGetValue(row.Id, out var content)) context.Contents.Add(contents[row.Id] = content = new CallContent { Id = row.Id });
            content.EndedAt = row.EndedAt;
            if (call.Timeline.Count > 0) content.Timeline = HistoryJson.Write([.. call.Timeline.Select(Clean)]);
            if (Merge(content.Turns, call.Turns) is not { } turns) continue;
            content.Turns = HistoryJson.Write(turns);
            said[row.Id] = Said(turns);
        }

        await context.SaveChangesAsync(cancellationToken);
        foreach (var (id, text) in said) await _database.Search.WriteAsync(context, id, text, cancellationToken);
    }

    /// <summary>What was kept and what is new of it; null when nothing is. Turns leave Redis once they are written, and some come late.</summary>
    private static List<Turn>? Merge(string? kept, IReadOnlyList<Turn> turns)
    {
        if (turns.Count == 0) return null;
        var known = kept is null ? [] : HistoryJson.ReadTurns(kept);
        var added = turns.Select(Clean).Except(known).ToList();
        return added.Count == 0 ? null : [.. known.Concat(added).OrderBy(turn => turn.At)];
    }

    /// <summary>The text that words are found in.</summary>
    internal static string Said(IReadOnlyList<Turn> turns)
    {
        var text = new StringBuilder();
        foreach (var turn in turns) text.Append(turn.Text).Append('\n');
        return text.ToString();
    }

    private static Turn Clean(Turn turn) => turn with
    {
        At = turn.At.ToUniversalTime(),
        Speaker = StoredText.Name(turn.Speaker),
        Text = StoredText.Clean(turn.Text),
        ToolName = turn.ToolName is null ? null : StoredText.Name(turn.ToolName),
        // The service's own id: of no use afterwards.
        ItemId = null,
    };

    private static CallEvent Clean(CallEvent entry) => new(entry.At.ToUniversalTime(), StoredText.Name(entry.Kind), StoredText.Clean(entry.Text));

    /// <summary>Adds to the daily figures: the same SQL on both databases.</summary>
    private static async Task CountAsync(HistoryContext context, IReadOnlyList<DayCount> changes, CancellationToken cancellationToken)
    {
        foreach (var chunk in changes.Chunk(500))
        {
            var sql = new StringBuilder("INSERT INTO day_counts (day, agent, name, value) VALUES ");
            var values = new List<object>(chunk.Length * 4);
            foreach (var (i, change) in chunk.Index())
            {
                sql.Append(CultureInfo.InvariantCulture, $"{(i == 0 ? "" : ", ")}({{{values.Count}}}, {{{values.Count + 1}}}, {{{values.Count + 2}}}, {{{values.Count + 3}}})");
                values.AddRange([change.Day, change.Agent, change.Name, change.Value]);
            }

            sql.Append(" ON CONFLICT (day, agent, name) DO UPDATE SET value = day_counts.value + excluded.value");
            await context.Database.ExecuteSqlRawAsync(sql.ToString(), values, cancellationToken);
        }
    }
}
