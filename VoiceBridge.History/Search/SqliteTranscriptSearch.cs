using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using VoiceBridge.History.Storage;

namespace VoiceBridge.History.Search;

/// <summary>SQLite's FTS5, without a copy of the text.</summary>
internal sealed class SqliteTranscriptSearch : ITranscriptSearch
{
    public async Task WriteAsync(HistoryContext context, long id, string said, CancellationToken cancellationToken)
    {
        await DeleteAsync(context, [id], cancellationToken);
        await context.Database.ExecuteSqlAsync($"INSERT INTO call_words (rowid, words) VALUES ({id}, {said})", cancellationToken);
    }

    public Task DeleteAsync(HistoryContext context, IReadOnlyList<long> ids, CancellationToken cancellationToken)
    {
        var list = JsonSerializer.Serialize(ids);
        return context.Database.ExecuteSqlAsync($"DELETE FROM call_words WHERE rowid IN (SELECT value FROM json_each({list}))", cancellationToken);
    }

    public IQueryable<long> Find(HistoryContext context, string words)
    {
        var wanted = Query(words);
        // No words at all are a syntax error to FTS5, and nothing to PostgreSQL.
        return wanted.Length == 0
            ? context.Database.SqlQuery<long>($"""SELECT rowid AS "Value" FROM call_words LIMIT 0""")
            : context.Database.SqlQuery<long>($"""SELECT rowid AS "Value" FROM call_words WHERE call_words MATCH {wanted}""");
    }

    /// <summary>Each word in quotes, which have no meaning in it: all of them must occur.</summary>
    internal static string Query(string words)
    {
        var query = new StringBuilder(words.Length + 8);
        var inside = false;
        foreach (var rune in words.EnumerateRunes())
        {
            if (Rune.IsLetterOrDigit(rune) || Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark)
            {
                if (!inside) query.Append(query.Length == 0 ? "\"" : " \"");
                query.Append(rune.ToString());
                inside = true;
            }
            else if (inside)
            {
                query.Append('"');
                inside = false;
            }
        }

        return inside ? query.Append('"').ToString() : query.ToString();
    }
}
