namespace VoiceBridge.Testing.Databases;

/// <summary>
/// Databases for the tests of an assembly: files, and on a PostgreSQL server that is started when it is first asked for. Each test gets one of its own. Use it as an
/// assembly fixture, as <see cref="RedisServers"/>.
/// </summary>
public sealed class HistoryDatabases : IAsyncDisposable
{
    private readonly Lazy<Task<PostgresServer>> _postgres = new(PostgresServer.StartAsync);
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("voicebridge-history-");

    /// <summary>Theory data: SQLite always, PostgreSQL where it is installed, else skipped with the reason.</summary>
    public static IEnumerable<TheoryDataRow<DatabaseKind>> Kinds => [new(DatabaseKind.Sqlite), new(DatabaseKind.Postgres) { Skip = PostgresServer.WhyNot }];

    /// <summary>The shared server. Do not stop it.</summary>
    public Task<PostgresServer> PostgresAsync() => _postgres.Value;

    /// <summary>The connection string of a new, empty database.</summary>
    public async Task<string> CreateAsync(DatabaseKind kind)
    {
        var name = "t" + Guid.NewGuid().ToString("N")[..12];
        if (kind == DatabaseKind.Sqlite) return $"Data Source={Path.Combine(_folder.FullName, name + ".db")}";
        var server = await _postgres.Value;
        await server.ExecuteAsync($"CREATE DATABASE {name}");
        return server.ConnectionString(name);
    }

    public async ValueTask DisposeAsync()
    {
        if (_postgres.IsValueCreated && !_postgres.Value.IsFaulted) await (await _postgres.Value).DisposeAsync();
        _folder.Delete(recursive: true);
    }
}
