using System.Data.Common;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using VoiceBridge.History.Search;

namespace VoiceBridge.History.Storage;

/// <summary>A file, which several processes of one machine may have open.</summary>
internal sealed class SqliteProvider : IHistoryProvider
{
    private static readonly TimeSpan LockPause = TimeSpan.FromMilliseconds(50);

    private readonly string _file;
    private readonly DbContextOptions<SqliteHistoryContext> _options;

    public SqliteProvider(string connectionString)
    {
        _file = Path.GetFullPath(new SqliteConnectionStringBuilder(connectionString).DataSource);
        _options = new DbContextOptionsBuilder<SqliteHistoryContext>().UseSqlite(connectionString).AddInterceptors(new Pragmas()).Options;
    }

    public ITranscriptSearch Search { get; } = new SqliteTranscriptSearch();

    public HistoryContext CreateContext() => new SqliteHistoryContext(_options);

    /// <summary>
    /// A locked file beside the database. The lock that Entity Framework takes for itself is a row, and stays when a process is killed while it migrates: whoever
    /// holds the file lock knows that nobody migrates, and clears it away.
    /// </summary>
    public async Task<IAsyncDisposable> LockAsync(HistoryContext context, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_file)!);
        FileStream file;
        while (true)
        {
            try
            {
                file = new FileStream(_file + ".lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
                break;
            }
            catch (IOException) when (!cancellationToken.IsCancellationRequested)
            {
                await Task.Delay(LockPause, cancellationToken);
            }
        }

        try
        {
            // Readers and a writer side by side; a property of the file.
            await context.Database.ExecuteSqlRawAsync("PRAGMA journal_mode=wal", cancellationToken);
            await context.Database.ExecuteSqlRawAsync("""DROP TABLE IF EXISTS "__EFMigrationsLock" """, cancellationToken);
            return file;
        }
        catch
        {
            await file.DisposeAsync();
            throw;
        }
    }

    public async Task ScrubAsync(HistoryContext context, CancellationToken cancellationToken)
    {
        // Deleted rows are overwritten (secure_delete) except in the index of words, which forgets when it is merged.
        await context.Database.ExecuteSqlRawAsync("INSERT INTO call_words(call_words) VALUES ('optimize')", cancellationToken);
        await context.Database.ExecuteSqlRawAsync("PRAGMA wal_checkpoint(TRUNCATE)", cancellationToken);
    }

    private sealed class Pragmas : DbConnectionInterceptor
    {
        public override void ConnectionOpened(DbConnection connection, ConnectionEndEventData eventData)
        {
            using var command = Command(connection);
            command.ExecuteNonQuery();
        }

        public override async Task ConnectionOpenedAsync(DbConnection connection, ConnectionEndEventData eventData, CancellationToken cancellationToken = default)
        {
            await using var command = Command(connection);
            await command.ExecuteNonQueryAsync(cancellationToken);
        }

        private static DbCommand Command(DbConnection connection)
        {
            var command = connection.CreateCommand();
            command.CommandText = "PRAGMA secure_delete=ON";
            return command;
        }
    }
}
