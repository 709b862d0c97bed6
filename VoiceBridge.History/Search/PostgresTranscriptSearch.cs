using Microsoft.EntityFrameworkCore;
using VoiceBridge.History.Storage;

namespace VoiceBridge.History.Search;

/// <summary>PostgreSQL's full text search: a <c>tsvector</c> under a GIN index, in no certain language.</summary>
internal sealed class PostgresTranscriptSearch : ITranscriptSearch
{
    /// <summary>A tsvector is a megabyte at most.</summary>
    private const int MaxCharacters = 200_000;

    public Task WriteAsync(HistoryContext context, long id, string said, CancellationToken cancellationToken)
    {
        var text = said.Length <= MaxCharacters ? said : said[..MaxCharacters];
        return context.Database.ExecuteSqlAsync(
            $"INSERT INTO call_words (id, words) VALUES ({id}, to_tsvector('simple', {text})) ON CONFLICT (id) DO UPDATE SET words = excluded.words", cancellationToken);
    }

    public Task DeleteAsync(HistoryContext context, IReadOnlyList<long> ids, CancellationToken cancellationToken) =>
        context.Database.ExecuteSqlAsync($"DELETE FROM call_words WHERE id = ANY ({ids.ToArray()})", cancellationToken);

    // A function of the migration WordsByIndex: the words are always looked up in their index, and first. The planner would go through the latest calls, or all, and unpack the words of each.
    public IQueryable<long> Find(HistoryContext context, string words) =>
        context.Database.SqlQuery<long>($"""SELECT id AS "Value" FROM calls_with_words({words}) AS id""");
}
