using VoiceBridge.History.Webhooks;
using VoiceBridge.Testing.Databases;

namespace VoiceBridge.History.Tests.Webhooks;

public sealed class WebhookOutboxTests(HistoryDatabases databases)
{
    private static readonly Uri Crm = new("https://crm.example/calls?key=secret");
    private static readonly Uri Bills = new("https://bills.example/");
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(45);

    [Theory, MemberData(nameof(HistoryDatabases.Kinds), MemberType = typeof(HistoryDatabases))]
    public async Task EachReceiver_IsToldOfEachCallOnce_HoweverOftenItIsWritten(DatabaseKind kind)
    {
        using var history = await StartAsync(kind);
        var call = TestHistory.Call();
        for (var i = 0; i < 3; i++) await history.WriteAsync(call, TestHistory.Said("Hello"));

        var told = Assert.Single(await TakeAsync(history, "crm", withTurns: true));
        Assert.Equal((call.CallId, 1, "Hello"), (told.Call.Row.CallId, told.Attempts, Assert.Single(told.Call.Turns).Text));
        Assert.Empty(await TakeAsync(history, "crm"));
        Assert.Empty(Assert.Single(await TakeAsync(history, "bills")).Call.Turns);

        await history.Webhooks.DoneAsync("crm", told, TestHistory.Ct);
        await history.WriteAsync(call with { EndReason = "transferred" });
        history.Time.Advance(TimeSpan.FromMinutes(5));
        Assert.Empty(await TakeAsync(history, "crm"));
        Assert.Equal(2, Assert.Single(await TakeAsync(history, "bills")).Attempts);
    }

    [Theory, MemberData(nameof(HistoryDatabases.Kinds), MemberType = typeof(HistoryDatabases))]
    public async Task ManyWhoTakeAtOnce_TakeEachEventOnce(DatabaseKind kind)
    {
        var where = await databases.CreateAsync(kind);
        string[] keys = [TestHistory.NewKey()];
        var replicas = Enumerable.Range(0, 4).Select(_ => new TestHistory(where, keys: keys, settings: Receivers)).ToList();
        await replicas[0].WriteAsync([.. Enumerable.Range(0, 60).Select(i => TestHistory.Call(i))]);

        var taken = await Task.WhenAll(replicas.Select(replica => Task.Run(() => TakeAllAsync(replica), TestHistory.Ct)));

        Assert.Equal(60, taken.Sum(ids => ids.Count));
        Assert.Equal(60, taken.SelectMany(ids => ids).Distinct().Count());
        replicas.ForEach(replica => replica.Dispose());
    }

    [Theory, MemberData(nameof(HistoryDatabases.Kinds), MemberType = typeof(HistoryDatabases))]
    public async Task EventThatFailed_ComesAgain_UntilItIsGivenUp_AndWhenAnOperatorWantsIt(DatabaseKind kind)
    {
        using var history = await StartAsync(kind);
        await history.WriteAsync(TestHistory.Call());
        await history.Webhooks.AnnounceAsync("crm", Crm, TestHistory.Ct);
        var first = Assert.Single(await TakeAsync(history, "crm"));
        await history.Webhooks.FailAsync(first, "answered 503", history.Time.GetUtcNow().AddMinutes(1), TestHistory.Ct);

        Assert.Empty(await TakeAsync(history, "crm"));
        history.Time.Advance(TimeSpan.FromMinutes(1));
        var second = Assert.Single(await TakeAsync(history, "crm"));
        await history.Webhooks.FailAsync(second, "answered 500", null, TestHistory.Ct);

        // Whoever took too long says nothing any more.
        await history.Webhooks.FailAsync(first, "no answer", history.Time.GetUtcNow(), TestHistory.Ct);
        history.Time.Advance(TimeSpan.FromDays(2));
        Assert.Empty(await TakeAsync(history, "crm"));
        var view = await history.WebhookOverview.ReadAsync(TestHistory.Ct);
        var receiver = Assert.Single(view.Receivers);
        Assert.Equal(("crm", "https://crm.example/calls", 0, 1, "answered 500"), (receiver.Name, receiver.Url, receiver.Waiting, receiver.GaveUp, receiver.LastError));
        var undelivered = Assert.Single(view.Undelivered);
        Assert.Equal((2, true), (undelivered.Attempts, undelivered.GaveUp));

        Assert.Equal(1, await history.WebhookOverview.SendAgainAsync("crm", undelivered.Id, TestHistory.Ct));
        var third = Assert.Single(await TakeAsync(history, "crm"));
        Assert.Equal((3, history.Time.GetUtcNow()), (third.Attempts, third.StartedAt));
        await history.Webhooks.DoneAsync("crm", third, TestHistory.Ct);
        view = await history.WebhookOverview.ReadAsync(TestHistory.Ct);
        Assert.Empty(view.Undelivered);
        Assert.Equal(history.Time.GetUtcNow(), Assert.Single(view.Receivers).DeliveredAt);
    }

    [Theory, MemberData(nameof(HistoryDatabases.Kinds), MemberType = typeof(HistoryDatabases))]
    public async Task StoppedReceiver_IsSentNothing_UntilItIsElsewhereOrAnOperatorSaysSo(DatabaseKind kind)
    {
        using var history = await StartAsync(kind);
        await history.WriteAsync([.. Enumerable.Range(0, 3).Select(i => TestHistory.Call(i))]);
        await history.Webhooks.AnnounceAsync("crm", Crm, TestHistory.Ct);

        await history.Webhooks.StopAsync("crm", Crm, TestHistory.Ct);

        Assert.Empty(await TakeAsync(history, "crm"));
        Assert.True(Assert.Single((await history.WebhookOverview.ReadAsync(TestHistory.Ct)).Receivers).Stopped);
        Assert.Equal(3, (await TakeAsync(history, "bills")).Count);
        Assert.Single(await history.Webhooks.TakeAsync("crm", new Uri("https://new.example/"), 1, Lease, false, TestHistory.Ct));
        Assert.Equal(3, await history.WebhookOverview.SendAgainAsync("crm", null, TestHistory.Ct));
        Assert.Equal(3, (await TakeAsync(history, "crm")).Count);
    }

    [Theory, MemberData(nameof(HistoryDatabases.Kinds), MemberType = typeof(HistoryDatabases))]
    public async Task ErasedPersonsEvents_AreNotSentAnyMore_AndOldOnesGo(DatabaseKind kind)
    {
        using var history = await StartAsync(kind);
        await history.WriteAsync(TestHistory.Call(0, from: "+14251112233"), TestHistory.Call(1));
        var taken = (await TakeAsync(history, "crm")).Single(webhook => webhook.Call.Row.Caller == "+14251112233");

        Assert.Equal(2, (await history.Erasure.EraseAsync("+14251112233", TestHistory.Ct)).Webhooks);

        await history.Webhooks.FailAsync(taken, "answered 503", history.Time.GetUtcNow(), TestHistory.Ct);
        history.Time.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal("+14255550123", Assert.Single(await TakeAsync(history, "crm")).Call.Row.Caller);

        history.Time.Advance(TimeSpan.FromDays(31));
        await history.Retention.ApplyAsync(TestHistory.Ct);
        Assert.Empty(await TakeAsync(history, "crm"));
    }

    private static (string Key, string Value)[] Receivers =>
        [("Webhooks:Receivers:crm:Url", Crm.ToString()), ("Webhooks:Receivers:bills:Url", Bills.ToString())];

    private async Task<TestHistory> StartAsync(DatabaseKind kind) => new(await databases.CreateAsync(kind), settings: Receivers);

    private static Task<IReadOnlyList<PendingWebhook>> TakeAsync(TestHistory history, string receiver, int max = 100, bool withTurns = false) =>
        history.Webhooks.TakeAsync(receiver, receiver == "crm" ? Crm : Bills, max, Lease, withTurns, TestHistory.Ct);

    private static async Task<List<long>> TakeAllAsync(TestHistory replica)
    {
        var ids = new List<long>();
        for (var idle = 0; idle < 3;)
        {
            var taken = await TakeAsync(replica, "crm", max: 4);
            ids.AddRange(taken.Select(webhook => webhook.Id));
            idle = taken.Count == 0 ? idle + 1 : 0;
        }

        return ids;
    }
}
