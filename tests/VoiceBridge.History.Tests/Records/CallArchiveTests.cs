using VoiceBridge.Cluster.Calls;
using VoiceBridge.History.Reading;
using VoiceBridge.Testing.Databases;

namespace VoiceBridge.History.Tests.Records;

public sealed class CallArchiveTests(HistoryDatabases databases)
{
    [Theory, MemberData(nameof(HistoryDatabases.Kinds), MemberType = typeof(HistoryDatabases))]
    public async Task Call_IsReadAsItWasWritten(DatabaseKind kind)
    {
        using var history = await TestHistory.OnAsync(databases, kind);
        var call = TestHistory.Call() with { Transfer = new CallTransfer(ToOverflow: false, Failed: false, Accepted: true, "asked", TestHistory.Start), Moves = 2 };
        await history.WriteAsync(call, TestHistory.Said("Hello, 世界 \"quoted\" 👋"), TestHistory.Said("Welcome", 1, "agent") with { Interrupted = true });

        var kept = await history.Calls.GetAsync(call.CallId, withTurns: true, TestHistory.Ct);

        Assert.NotNull(kept);
        Assert.Equal(call with { Transfer = null }, kept.Record);
        Assert.Equal(("agent", "accepted"), (kept.Row.Transfer, kept.Row.TransferOutcome));
        Assert.Equal(60_000, kept.Row.DurationMs);
        Assert.Equal([new CallEvent(call.RangAt, "rang", "Phone rings")], kept.Timeline);
        Assert.Equal(["Hello, 世界 \"quoted\" 👋", "Welcome"], kept.Turns.Select(turn => turn.Text));
        Assert.True(kept.Turns[1].Interrupted);
    }

    [Theory, MemberData(nameof(HistoryDatabases.Kinds), MemberType = typeof(HistoryDatabases))]
    public async Task CallWrittenAgain_IsThereOnceAndCountedOnce(DatabaseKind kind)
    {
        using var history = await TestHistory.OnAsync(databases, kind);
        var call = TestHistory.Call();

        for (var i = 0; i < 3; i++) await history.WriteAsync(call, TestHistory.Said("Hello"));
        await history.WriteAsync(call with { EndReason = "transferred", Turns = 5 });

        var found = Assert.Single((await history.Calls.FindAsync(new CallQuery(), TestHistory.Ct)).Calls);
        Assert.Equal("transferred", found.EndReason);
        var total = (await history.Reports.ReadAsync(7, null, TestHistory.Ct)).Total;
        Assert.Equal((1, 1, 5), (total.Calls, total.Answered, total.Turns));
        Assert.Equal([KeyValuePair.Create("transferred", 1L)], total.Reasons);
        Assert.Equal(0.0123m, total.Cost);
        Assert.Single((await history.Calls.GetAsync(call.CallId, withTurns: true, TestHistory.Ct))!.Turns);
    }

    [Theory, MemberData(nameof(HistoryDatabases.Kinds), MemberType = typeof(HistoryDatabases))]
    public async Task TurnsThatComeLate_JoinThoseThatAreThere(DatabaseKind kind)
    {
        using var history = await TestHistory.OnAsync(databases, kind);
        var call = TestHistory.Call();
        await history.WriteAsync(call, TestHistory.Said("first", 0), TestHistory.Said("third", 2));

        await history.WriteAsync(call, TestHistory.Said("second", 1), TestHistory.Said("third", 2));

        Assert.Equal(["first", "second", "third"], (await history.Calls.GetAsync(call.CallId, withTurns: true, TestHistory.Ct))!.Turns.Select(turn => turn.Text));
        Assert.Equal([call.CallId], await history.FindAsync(new CallQuery { Words = "second third" }));
    }

    [Theory, MemberData(nameof(HistoryDatabases.Kinds), MemberType = typeof(HistoryDatabases))]
    public async Task TextThatNoDatabaseTakes_IsTakenAllTheSame(DatabaseKind kind)
    {
        using var history = await TestHistory.OnAsync(databases, kind);
        var call = TestHistory.Call(agent: new string('a', 10_000) + "\0", from: "+1425\0") with { EndReason = "half \ud800" };

        await history.WriteAsync(call, TestHistory.Said("zero \0 half \udc00 end"), TestHistory.Said(string.Join(' ', Enumerable.Range(0, 200_000)), 1));

        var kept = await history.Calls.GetAsync(call.CallId, withTurns: true, TestHistory.Ct);
        Assert.Equal("zero  half \ufffd end", kept!.Turns[0].Text);
        Assert.Equal(200, kept.Row.Agent.Length);
    }

    [Theory, MemberData(nameof(HistoryDatabases.Kinds), MemberType = typeof(HistoryDatabases))]
    public async Task ManyWhoWriteTheSameCallsAtOnce_WriteEachOnce(DatabaseKind kind)
    {
        var where = await databases.CreateAsync(kind);
        string[] keys = [TestHistory.NewKey()];
        var replicas = Enumerable.Range(0, 4).Select(_ => new TestHistory(where, keys: keys)).ToList();
        var calls = Enumerable.Range(0, 40).Select(i => TestHistory.Call(i)).ToList();

        await Task.WhenAll(replicas.Select((replica, i) => Task.Run(() => WriteAllAsync(replica, calls, i), TestHistory.Ct)));

        Assert.Equal(40, (await replicas[0].Calls.FindAsync(new CallQuery { Count = 500 }, TestHistory.Ct)).Calls.Count);
        Assert.Equal(40, (await replicas[0].Reports.ReadAsync(7, null, TestHistory.Ct)).Total.Calls);
        replicas.ForEach(replica => replica.Dispose());
    }

    /// <summary>As the drain does: what was refused because somebody else was first is written again.</summary>
    private static async Task WriteAllAsync(TestHistory replica, List<CallRecord> calls, int shift)
    {
        foreach (var chunk in calls.Skip(shift * 10).Concat(calls.Take(shift * 10)).Chunk(8))
        {
            for (var attempt = 1; ; attempt++)
            {
                try
                {
                    await replica.WriteAsync(chunk);
                    break;
                }
                catch (Exception exception) when (attempt < 50 && exception is Microsoft.EntityFrameworkCore.DbUpdateException or System.Data.Common.DbException)
                {
                    // Somebody else was first.
                }
            }
        }
    }
}
