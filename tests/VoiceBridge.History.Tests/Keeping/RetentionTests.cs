using VoiceBridge.History.Keeping;
using VoiceBridge.History.Reading;
using VoiceBridge.Testing.Databases;

namespace VoiceBridge.History.Tests.Keeping;

public sealed class RetentionTests(HistoryDatabases databases)
{
    [Theory, MemberData(nameof(HistoryDatabases.Kinds), MemberType = typeof(HistoryDatabases))]
    public async Task EachKind_GoesWhenItsDaysAreOver(DatabaseKind kind)
    {
        using var history = new TestHistory(
            await databases.CreateAsync(kind), settings: [("History:CallDays", "30"), ("History:ReportDays", "60"), ("History:AccessDays", "45"), ("Transcripts:Retention", "7.00:00:00")]);
        var call = TestHistory.Call();
        await history.WriteAsync(call, TestHistory.Said("Hello"));
        await history.Accesses.AddAsync("Olga", AccessLog.Transcript, call.CallId, 1, TestHistory.Ct);

        Assert.Equal((0, 0), await history.Retention.ApplyAsync(TestHistory.Ct));

        history.Time.Advance(TimeSpan.FromDays(8));
        Assert.Equal((0, 1), await history.Retention.ApplyAsync(TestHistory.Ct));
        Assert.Empty(await history.FindAsync(new CallQuery { Words = "hello" }));
        Assert.False((await history.Calls.GetAsync(call.CallId, withTurns: true, TestHistory.Ct))!.HasTurns);

        history.Time.Advance(TimeSpan.FromDays(25));
        Assert.Equal((1, 0), await history.Retention.ApplyAsync(TestHistory.Ct));
        Assert.Null(await history.Calls.GetAsync(call.CallId, withTurns: true, TestHistory.Ct));
        Assert.Equal(1, (await history.Reports.ReadAsync(60, null, TestHistory.Ct)).Total.Calls);
        Assert.Single(await history.Accesses.ListAsync(call.CallId, TestHistory.Ct));

        history.Time.Advance(TimeSpan.FromDays(30));
        await history.Retention.ApplyAsync(TestHistory.Ct);
        Assert.Equal(0, (await history.Reports.ReadAsync(90, null, TestHistory.Ct)).Total.Calls);
        Assert.Empty(await history.Accesses.ListAsync(call.CallId, TestHistory.Ct));
    }

    [Theory, MemberData(nameof(HistoryDatabases.Kinds), MemberType = typeof(HistoryDatabases))]
    public async Task ManyOldCalls_GoInOneRound(DatabaseKind kind)
    {
        using var history = await TestHistory.OnAsync(databases, kind);
        await history.WriteAsync([.. Enumerable.Range(0, 1_200).Select(i => TestHistory.Call(i))]);
        history.Time.Advance(TimeSpan.FromDays(400));

        Assert.Equal((1_200, 0), await history.Retention.ApplyAsync(TestHistory.Ct));
        Assert.Empty(await history.FindAsync(new CallQuery()));
    }
}
