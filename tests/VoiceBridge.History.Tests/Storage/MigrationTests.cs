using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using VoiceBridge.Testing.Databases;

namespace VoiceBridge.History.Tests.Storage;

public sealed class MigrationTests(HistoryDatabases databases)
{
    [Theory, MemberData(nameof(HistoryDatabases.Kinds), MemberType = typeof(HistoryDatabases))]
    public async Task ManyReplicasThatStartAtOnce_MakeTheTablesOnce(DatabaseKind kind)
    {
        var where = await databases.CreateAsync(kind);
        var replicas = Enumerable.Range(0, 8).Select(_ => new TestHistory(where)).ToList();

        await Task.WhenAll(replicas.Select(replica => Task.Run(async () => await (await replica.Database.OpenAsync(TestHistory.Ct)).DisposeAsync(), TestHistory.Ct)));

        await replicas[0].WriteAsync(TestHistory.Call());
        await using var context = await replicas[1].Database.OpenAsync(TestHistory.Ct);
        Assert.Equal(1, await context.Calls.CountAsync(TestHistory.Ct));
        replicas.ForEach(replica => replica.Dispose());
    }

    [Theory, MemberData(nameof(HistoryDatabases.Kinds), MemberType = typeof(HistoryDatabases))]
    public async Task Model_IsWhatTheMigrationsMake(DatabaseKind kind)
    {
        using var history = await TestHistory.OnAsync(databases, kind);
        await using var context = await history.Database.OpenAsync(TestHistory.Ct);

        Assert.False(context.Database.HasPendingModelChanges());
    }

    [Fact]
    public async Task LockOfAProcessThatWasKilled_HoldsNobodyUp()
    {
        var where = await databases.CreateAsync(DatabaseKind.Sqlite);
        await using (var connection = new SqliteConnection(where))
        {
            await connection.OpenAsync(TestHistory.Ct);
            await using var command = connection.CreateCommand();
            command.CommandText = """CREATE TABLE "__EFMigrationsLock" ("Id" INTEGER PRIMARY KEY, "Timestamp" TEXT NOT NULL); INSERT INTO "__EFMigrationsLock" VALUES (1, '2026-01-01')""";
            await command.ExecuteNonQueryAsync(TestHistory.Ct);
        }

        using var history = new TestHistory(where);

        await history.WriteAsync(TestHistory.Call());
    }

    [Fact]
    public void ConnectionStringOfNeither_IsRefusedByName() =>
        Assert.Contains("ConnectionStrings:history", Assert.Throws<InvalidOperationException>(() => new TestHistory("what is this")).Message, StringComparison.Ordinal);
}
