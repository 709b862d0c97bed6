using System.Runtime.CompilerServices;
using Microsoft.EntityFrameworkCore;
using VoiceBridge.History.Numbers;
using VoiceBridge.History.Records;
using VoiceBridge.History.Storage;

namespace VoiceBridge.History.Reading;

/// <summary>Finds and reads ended calls. Everything throws a <see cref="System.Data.Common.DbException"/> while the database does not answer.</summary>
public sealed class CallHistory
{
    private const int ExportChunk = 500;

    private readonly HistoryDatabase _database;
    private readonly NumberKeys _numbers;

    internal CallHistory(HistoryDatabase database, NumberKeys numbers) => (_database, _numbers) = (database, numbers);

    /// <summary>A page of the calls that the query finds.</summary>
    public async Task<FoundCalls> FindAsync(CallQuery query, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(query);
        await using var context = await _database.OpenAsync(cancellationToken);
        var count = Math.Clamp(query.Count, 1, CallQuery.MaxCount);
        // One more than asked for tells whether there is another page.
        var calls = await Page(await FilterAsync(context, query, cancellationToken), PageKey.Read(query.After), count + 1).ToListAsync(cancellationToken);
        if (calls.Count <= count) return new FoundCalls(calls, null);
        calls.RemoveAt(count);
        return new FoundCalls(calls, new PageKey(calls[^1].RangAt, calls[^1].Id).ToString());
    }

    /// <summary>One call; null when it is not known (any more).</summary>
    public async Task<KeptCall?> GetAsync(string callId, bool withTurns, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(callId);
        await using var context = await _database.OpenAsync(cancellationToken);
        var found = await (
            from call in context.Calls.AsNoTracking()
            where call.CallId == callId
            join content in context.Contents.AsNoTracking() on call.Id equals content.Id into contents
            from content in contents.DefaultIfEmpty()
            select new { call, content.Timeline, HasTurns = content.Turns != null, Turns = withTurns ? content.Turns : null }).FirstOrDefaultAsync(cancellationToken);
        return found is null ? null : new KeptCall(
            found.call, found.call.ToRecord(), found.Timeline is null ? [] : HistoryJson.ReadEvents(found.Timeline), found.HasTurns,
            found.Turns is null ? [] : HistoryJson.ReadTurns(found.Turns));
    }

    /// <summary>All calls that the query finds, the latest first, read in small pieces; with their turns if asked for.</summary>
    public async IAsyncEnumerable<KeptCall> ExportAsync(CallQuery query, bool withTurns, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(query);
        var after = PageKey.Read(query.After);
        while (true)
        {
            List<EndedCall> calls;
            Dictionary<long, string?> turns = [];
            // Nothing stays open while a slow reader takes what it was given.
            await using (var context = await _database.OpenAsync(cancellationToken))
            {
                calls = await Page(await FilterAsync(context, query, cancellationToken), after, ExportChunk).ToListAsync(cancellationToken);
                var ids = calls.Select(call => call.Id).ToList();
                if (withTurns && ids.Count > 0)
                {
                    turns = await context.Contents.AsNoTracking().Where(content => ids.Contains(content.Id) && content.Turns != null)
                        .Select(content => new { content.Id, content.Turns }).ToDictionaryAsync(content => content.Id, content => content.Turns, cancellationToken);
                }
            }

            foreach (var call in calls)
            {
                var said = turns.GetValueOrDefault(call.Id);
                yield return new KeptCall(call, call.ToRecord(), [], said is not null, said is null ? [] : HistoryJson.ReadTurns(said));
            }

            if (calls.Count < ExportChunk) yield break;
            after = new PageKey(calls[^1].RangAt, calls[^1].Id);
        }
    }

    /// <summary>The agents of the calls that are kept.</summary>
    public async Task<IReadOnlyList<string>> ListAgentsAsync(CancellationToken cancellationToken)
    {
        await using var context = await _database.OpenAsync(cancellationToken);
        return await context.DayCounts.AsNoTracking().Where(count => count.Name == DayNames.Calls && count.Agent != "").Select(count => count.Agent)
            .Distinct().OrderBy(agent => agent).Take(200).ToListAsync(cancellationToken);
    }

    private static IQueryable<EndedCall> Page(IQueryable<EndedCall> calls, PageKey? after, int count)
    {
        if (after is { RangAt: var at, Id: var id })
            calls = calls.Where(call => call.RangAt <= at && (call.RangAt < at || call.Id < id));
        return calls.OrderByDescending(call => call.RangAt).ThenByDescending(call => call.Id).Take(count);
    }

    private async Task<IQueryable<EndedCall>> FilterAsync(HistoryContext context, CallQuery query, CancellationToken cancellationToken)
    {
        var calls = context.Calls.AsNoTracking();
        if (query.From is { } from) calls = calls.Where(call => call.RangAt >= from);
        if (query.To is { } to) calls = calls.Where(call => call.RangAt < to);
        if (query.Agent is { Length: > 0 } agent) calls = calls.Where(call => call.Agent == agent);
        if (query.Phone is { Length: > 0 } phone) calls = calls.Where(call => call.Phone == phone);
        if (query.Reason is { Length: > 0 } reason) calls = calls.Where(call => call.EndReason == reason);
        if (query.MinSeconds is { } least) calls = calls.Where(call => call.DurationMs >= least * 1000L);
        if (query.MaxSeconds is { } most) calls = calls.Where(call => call.DurationMs <= most * 1000L);
        if (query.Number?.Trim() is { Length: > 0 } number) calls = await ByNumberAsync(context, calls, number, cancellationToken);
        if (query.Words?.Trim() is { Length: > 0 } words)
        {
            var found = _database.Search.Find(context, words);
            calls = calls.Where(call => found.Contains(call.Id));
        }

        return calls;
    }

    /// <summary>Four digits are the end of a number; otherwise it is the whole one. Parts of what is hidden find nothing, or the search would give it away digit by digit.</summary>
    private async Task<IQueryable<EndedCall>> ByNumberAsync(HistoryContext context, IQueryable<EndedCall> calls, string number, CancellationToken cancellationToken)
    {
        if (number.Length == 4 && number.All(char.IsAsciiDigit)) return calls.Where(call => call.CallerEnd == number);
        var keys = await _numbers.AllHashesAsync(context, number, cancellationToken);
        var whole = PhoneNumbers.Normalize(number);
        return calls.Where(call => keys.Contains(call.CallerKey) || call.Caller == whole);
    }
}
