using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Npgsql;
using VoiceBridge.History.Search;

namespace VoiceBridge.History.Storage;

/// <summary>A PostgreSQL server.</summary>
internal sealed class PostgresProvider : IHistoryProvider
{
    // Of all that take advisory locks in this database, ours: "voice" in ASCII.
    private const long MigrationLock = 0x766F696365;

    private readonly NpgsqlDataSource _source;
    private readonly DbContextOptions<PostgresHistoryContext> _options;

    public PostgresProvider(NpgsqlDataSource source)
    {
        _source = source;
        _options = new DbContextOptionsBuilder<PostgresHistoryContext>()
            // Otherwise what may pass comes wrapped into an InvalidOperationException: whoever calls tries again, or says that the database is away.
            .UseNpgsql(source, npgsql => npgsql.ExecutionStrategy(dependencies => new NonRetryingExecutionStrategy(dependencies))).Options;
    }

    public ITranscriptSearch Search { get; } = new PostgresTranscriptSearch();

    public HistoryContext CreateContext() => new PostgresHistoryContext(_options);

    public async Task<IAsyncDisposable> LockAsync(HistoryContext context, CancellationToken cancellationToken)
    {
        // On a connection of its own: it is released with the connection, also when the process is killed.
        var connection = await _source.OpenConnectionAsync(cancellationToken);
        try
        {
            await using var command = new NpgsqlCommand("SELECT pg_advisory_lock($1)", connection) { Parameters = { new() { Value = MigrationLock } } };
            await command.ExecuteNonQueryAsync(cancellationToken);
            return new AdvisoryLock(connection);
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    // The planner's statistics hold frequent values, numbers and words among them: they are taken anew. Old versions of rows are the server's: VACUUM FULL locks the
    // tables (docs/history.md).
    public Task ScrubAsync(HistoryContext context, CancellationToken cancellationToken) => context.Database.ExecuteSqlRawAsync("ANALYZE calls, call_contents, call_words", cancellationToken);

    private sealed class AdvisoryLock(NpgsqlConnection connection) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            await using (connection)
            {
                await using var command = new NpgsqlCommand("SELECT pg_advisory_unlock($1)", connection) { Parameters = { new() { Value = MigrationLock } } };
                await command.ExecuteNonQueryAsync();
            }
        }
    }
}
