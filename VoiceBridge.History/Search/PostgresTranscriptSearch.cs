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

    // OFFSET 0: the words are looked up in their index first. Otherwise the planner may go through the latest calls one by one and unpack the words of each.
    public IQueryable<long> Find(HistoryContext context, string words) =>
        context.Database.SqlQuery<long>($"""SELECT id AS "Value" FROM call_words WHERE words @@ plainto_tsquery('simple', {words}) OFFSET 0""");
}
