using Microsoft.EntityFrameworkCore;
using VoiceBridge.History.Reading;
using VoiceBridge.ServiceDefaults.Privacy;
using VoiceBridge.Testing;
using VoiceBridge.Testing.Databases;

namespace VoiceBridge.History.Tests.Reading;

public sealed class CallHistoryTests(HistoryDatabases databases)
{
    public static TheoryData<DatabaseKind, CallerIdVisibility> KindsAndPrivacy
    {
        get
        {
            var data = new TheoryData<DatabaseKind, CallerIdVisibility>();
            foreach (var kind in HistoryDatabases.Kinds)
            {
                foreach (var privacy in Enum.GetValues<CallerIdVisibility>()) data.Add(new TheoryDataRow<DatabaseKind, CallerIdVisibility>(kind.Data, privacy) { Skip = kind.Skip });
            }

            return data;
        }
    }

    [Theory, MemberData(nameof(KindsAndPrivacy))]
    public async Task Number_IsFoundWhole_HoweverLittleOfItIsKept(DatabaseKind kind, CallerIdVisibility privacy)
    {
        using var history = await TestHistory.OnAsync(databases, kind, privacy);
        var (hers, other) = (TestHistory.Call(0, from: "+14255550123"), TestHistory.Call(1, from: "+14255559999"));
        await history.WriteAsync(hers, other);

        Assert.Equal([hers.CallId], await history.FindAsync(new CallQuery { Number = "+1 (425) 555-0123" }));
        Assert.Equal([hers.CallId], await history.FindAsync(new CallQuery { Number = "14255550123" }));
        Assert.Empty(await history.FindAsync(new CallQuery { Number = "555-0123" }));
        Assert.Equal(privacy == CallerIdVisibility.Hash ? [] : [hers.CallId], await history.FindAsync(new CallQuery { Number = "0123" }));
        var shown = (await history.Calls.GetAsync(hers.CallId, withTurns: false, TestHistory.Ct))!.Row.Caller;
        Assert.Equal(privacy == CallerIdVisibility.Full, shown == hers.From);
    }

    /// <summary>PostgreSQL would rather go through all calls and unpack the words of each: it takes their table for small.</summary>
    [Fact]
    public async Task Words_AreLookedUpInTheirIndex()
    {
        Assert.SkipWhen(PostgresServer.WhyNot is not null, PostgresServer.WhyNot ?? "");
        using var history = await TestHistory.OnAsync(databases, DatabaseKind.Postgres);
        var call = TestHistory.Call();
        await history.WriteAsync(call, TestHistory.Said("Where is my invoice?"));
        await using var context = await history.Database.OpenAsync(TestHistory.Ct);

        // The server counts uses of its indexes a moment after they were made.
        await Eventually.True(
            async () =>
            {
                Assert.Equal([call.CallId], await history.FindAsync(new CallQuery { Words = "invoice" }));
                return await context.Database.SqlQuery<long>($"""SELECT idx_scan AS "Value" FROM pg_stat_user_indexes WHERE indexrelname = 'ix_call_words_words'""").SingleAsync(TestHistory.Ct) > 0;
            },
            what: "a use of the index");
    }

    [Theory, MemberData(nameof(HistoryDatabases.Kinds), MemberType = typeof(HistoryDatabases))]
    public async Task EachFilter_FindsWhatItNames(DatabaseKind kind)
    {
        using var history = await TestHistory.OnAsync(databases, kind);
        var sales = TestHistory.Call(0, agent: "sales", seconds: 30);
        var support = TestHistory.Call(60, agent: "support", seconds: 300) with { Type = "web" };
        var busy = TestHistory.Call(120, agent: "", reason: "busy") with { ConnectedAt = null };
        await history.WriteAsync(sales, support, busy);

        Assert.Equal([busy.CallId, support.CallId, sales.CallId], await history.FindAsync(new CallQuery()));
        Assert.Equal([sales.CallId], await history.FindAsync(new CallQuery { Agent = "sales" }));
        Assert.Equal([support.CallId], await history.FindAsync(new CallQuery { Phone = "web" }));
        Assert.Equal([busy.CallId], await history.FindAsync(new CallQuery { Reason = "busy" }));
        Assert.Equal([support.CallId], await history.FindAsync(new CallQuery { MinSeconds = 60 }));
        Assert.Equal([sales.CallId], await history.FindAsync(new CallQuery { MinSeconds = 1, MaxSeconds = 60 }));
        Assert.Equal([support.CallId], await history.FindAsync(new CallQuery { From = support.RangAt, To = busy.RangAt }));
        Assert.Equal(["sales", "support"], await history.Calls.ListAgentsAsync(TestHistory.Ct));
    }

    [Theory, MemberData(nameof(HistoryDatabases.Kinds), MemberType = typeof(HistoryDatabases))]
    public async Task Pages_HoldEachCallOnce_AlsoThoseThatRangAtTheSameTime(DatabaseKind kind)
    {
        using var history = await TestHistory.OnAsync(databases, kind);
        await history.WriteAsync([.. Enumerable.Range(0, 23).Select(i => TestHistory.Call(i / 5))]);

        var seen = new List<string>();
        string? after = null;
        do
        {
            var page = await history.Calls.FindAsync(new CallQuery { Count = 4, After = after }, TestHistory.Ct);
            seen.AddRange(page.Calls.Select(call => call.CallId));
            after = page.Next;
        }
        while (after is not null);

        Assert.Equal(23, seen.Count);
        Assert.Equal(await history.FindAsync(new CallQuery { Count = 100 }), seen);
        Assert.Equal(4, (await history.Calls.FindAsync(new CallQuery { Count = 4, After = "no such place" }, TestHistory.Ct)).Calls.Count);
    }

    [Theory, MemberData(nameof(HistoryDatabases.Kinds), MemberType = typeof(HistoryDatabases))]
    public async Task Words_AreFoundInWhatWasSaid_WhateverElseIsTyped(DatabaseKind kind)
    {
        using var history = await TestHistory.OnAsync(databases, kind);
        var (first, second) = (TestHistory.Call(0), TestHistory.Call(1));
        await history.WriteAsync(first, TestHistory.Said("My invoice is wrong"), TestHistory.Said("Die Überweisung kam an", 1, "agent"));
        await history.WriteAsync(second, TestHistory.Said("Where is my parcel?"));

        Assert.Equal([first.CallId], await history.FindAsync(new CallQuery { Words = "INVOICE überweisung" }));
        Assert.Equal([second.CallId, first.CallId], await history.FindAsync(new CallQuery { Words = "my is" }));
        Assert.Empty(await history.FindAsync(new CallQuery { Words = "invoice parcel" }));
        Assert.Equal([first.CallId], await history.FindAsync(new CallQuery { Words = "\"invoice\" * ) (-'; wrong:" }));
        Assert.Empty(await history.FindAsync(new CallQuery { Words = "\"*'" }));
        Assert.Empty(await history.FindAsync(new CallQuery { Words = "NOT parcel" }));
        // Who spoke is no word that was said.
        Assert.Empty(await history.FindAsync(new CallQuery { Words = "caller" }));
    }

    [Theory, MemberData(nameof(HistoryDatabases.Kinds), MemberType = typeof(HistoryDatabases))]
    public async Task Export_HasEveryCall_WithItsTurns(DatabaseKind kind)
    {
        using var history = await TestHistory.OnAsync(databases, kind);
        await history.WriteAsync([.. Enumerable.Range(0, 700).Select(i => TestHistory.Call(i))]);
        var said = TestHistory.Call(1_000);
        await history.WriteAsync(said, TestHistory.Said("Hello"));

        var calls = await history.Calls.ExportAsync(new CallQuery(), withTurns: true, TestHistory.Ct).ToListAsync(TestHistory.Ct);

        Assert.Equal(701, calls.Select(call => call.Record.CallId).Distinct().Count());
        Assert.Equal("Hello", Assert.Single(calls[0].Turns).Text);
    }
}
