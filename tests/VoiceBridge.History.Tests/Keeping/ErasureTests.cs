using System.Text;
using Microsoft.Data.Sqlite;
using VoiceBridge.Cluster.Calls;
using VoiceBridge.History.Reading;
using VoiceBridge.History.Records;
using VoiceBridge.ServiceDefaults.Privacy;
using VoiceBridge.Testing.Databases;

namespace VoiceBridge.History.Tests.Keeping;

public sealed class ErasureTests(HistoryDatabases databases)
{
    private const string Number = "+14259870123";
    private const string Sentence = "zyxcanary sings xylocanary";

    [Theory, MemberData(nameof(HistoryDatabases.Kinds), MemberType = typeof(HistoryDatabases))]
    public async Task ErasedPerson_IsInNoFileOfTheDatabase(DatabaseKind kind)
    {
        var where = await databases.CreateAsync(kind);
        using var history = new TestHistory(where);
        for (var i = 0; i < 30; i++)
        {
            await history.WriteAsync(TestHistory.Call(i, from: i % 3 == 0 ? Number : "+14255550000"), TestHistory.Said(i % 3 == 0 ? Sentence : $"something else {i}"));
        }

        // Somebody else was put through to the person.
        var other = TestHistory.Call(100);
        await history.Archive.WriteAsync([new FinishedCall(other, [new CallEvent(other.RangAt, "operator", $"Olga transferred the call to {Number}.")], [])], TestHistory.Ct);
        // As the server does now and then: what it writes down of frequent values has to go too.
        if (kind == DatabaseKind.Postgres) await (await databases.PostgresAsync()).ExecuteAsync("ANALYZE", new Npgsql.NpgsqlConnectionStringBuilder(where).Database!);
        Assert.NotEmpty(await FilesWithAsync(where, kind, Number));
        Assert.NotEmpty(await FilesWithAsync(where, kind, "xylocanary"));

        var erased = await history.Erasure.EraseAsync("+1 425 987-0123", TestHistory.Ct);

        Assert.Equal((10, 10, 1), (erased.Calls, erased.Transcripts, erased.Mentions));
        Assert.Empty(await history.FindAsync(new CallQuery { Number = Number }));
        Assert.Empty(await history.FindAsync(new CallQuery { Words = "zyxcanary" }));
        Assert.Equal(21, (await history.FindAsync(new CallQuery())).Count);
        Assert.Equal("Olga transferred the call to [erased].", (await history.Calls.GetAsync(other.CallId, false, TestHistory.Ct))!.Timeline[0].Text);
        foreach (var canary in (string[])[Number, "zyxcanary", "xylocanary"]) Assert.Empty(await FilesWithAsync(where, kind, canary));
        // Figures of days name nobody, and stay.
        Assert.Equal(31, (await history.Reports.ReadAsync(7, null, TestHistory.Ct)).Total.Calls);
    }

    [Theory, MemberData(nameof(HistoryDatabases.Kinds), MemberType = typeof(HistoryDatabases))]
    public async Task PersonOfWhomOnlyTheEndIsKept_IsErasedByTheWholeNumber_AfterTheKeysWereReplaced(DatabaseKind kind)
    {
        var where = await databases.CreateAsync(kind);
        string[] keys = [TestHistory.NewKey(), TestHistory.NewKey()];
        using (var before = new TestHistory(where, CallerIdVisibility.Last4, [keys[0]])) await before.WriteAsync(TestHistory.Call(0, from: Number), TestHistory.Call(1, from: "+14255550123"));
        using (var between = new TestHistory(where, CallerIdVisibility.Last4, keys)) Assert.Single(await between.FindAsync(new CallQuery { Number = Number }));

        using var after = new TestHistory(where, CallerIdVisibility.Last4, [keys[1]]);
        var erased = await after.Erasure.EraseAsync(Number, TestHistory.Ct);

        Assert.Equal(1, erased.Calls);
        Assert.Single(await after.FindAsync(new CallQuery()));
    }

    private async Task<IReadOnlyList<string>> FilesWithAsync(string where, DatabaseKind kind, string canary)
    {
        if (kind == DatabaseKind.Sqlite)
        {
            var file = new SqliteConnectionStringBuilder(where).DataSource;
            return FilesWith(Path.GetDirectoryName(file)!, Path.GetFileName(file) + "*", canary);
        }

        var server = await databases.PostgresAsync();
        await server.ExecuteAsync("VACUUM FULL", new Npgsql.NpgsqlConnectionStringBuilder(where).Database!);
        await server.ExecuteAsync("CHECKPOINT");
        return [.. FilesWith(server.DataFolder, "*", canary).Where(file => !file.Contains("/pg_wal/", StringComparison.Ordinal))];
    }

    private static List<string> FilesWith(string folder, string pattern, string canary)
    {
        var wanted = Encoding.UTF8.GetBytes(canary);
        var found = new List<string>();
        foreach (var file in Directory.EnumerateFiles(folder, pattern, SearchOption.AllDirectories))
        {
            try
            {
                using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
                var content = new byte[stream.Length];
                stream.ReadExactly(content);
                if (content.AsSpan().IndexOf(wanted) >= 0) found.Add(file);
            }
            catch (FileNotFoundException)
            {
                // The server has just deleted it.
            }
        }

        return found;
    }
}
