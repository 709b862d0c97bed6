using Bunit;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using VoiceBridge.Dashboard.Access;
using VoiceBridge.Dashboard.Components.Pages;
using VoiceBridge.Dashboard.EndedCalls;
using VoiceBridge.History.Webhooks;
using VoiceBridge.Testing.Clusters;
using VoiceBridge.Testing.Databases;

namespace VoiceBridge.Dashboard.Tests.EndedCalls;

public sealed class WebhooksPageTests(HistoryDatabases databases)
{
    private static readonly Uri Crm = new("https://crm.example/hooks?key=secret");

    private static CancellationToken Ct => Xunit.TestContext.Current.CancellationToken;

    [Fact]
    public async Task Operator_SeesWhatHasNotArrived_AndHasItSentAgain()
    {
        await using var history = await FailAsync();
        var page = history.Pages.Interactive().Render<WebhooksPage>();
        page.WaitForAssertion(() => Assert.Equal(2, page.FindAll("tbody a").Count));
        Assert.Contains("Events given up", page.Markup, StringComparison.Ordinal);
        Assert.Contains("https://crm.example/hooks", page.Markup, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", page.Markup, StringComparison.Ordinal);
        Assert.Empty(await TakeAsync(history));

        page.FindAll("button").Single(button => button.TextContent == "Send all again").Click();

        page.WaitForAssertion(() => Assert.Contains("2 events are sent to crm again.", page.Find("[role=status]").TextContent, StringComparison.Ordinal));
        Assert.Equal(2, (await TakeAsync(history)).Count);
        Assert.Equal(1, await CountAsync(history, "webhook"));
    }

    [Fact]
    public async Task OneEvent_IsSentAgain()
    {
        await using var history = await FailAsync();
        var page = history.Pages.Interactive().Render<WebhooksPage>();
        page.WaitForAssertion(() => Assert.Equal(2, page.FindAll("tbody a").Count));

        page.FindAll("button").First(button => button.TextContent == "Send again").Click();

        page.WaitForAssertion(() => Assert.Contains("One event is sent to crm again.", page.Find("[role=status]").TextContent, StringComparison.Ordinal));
        Assert.Single(await TakeAsync(history));
    }

    [Fact]
    public async Task Reader_MayLookButNotSend()
    {
        await using var history = await FailAsync();
        history.Pages.User.SetPolicies(Policies.Read);
        var page = history.Pages.Interactive().Render<WebhooksPage>();
        page.WaitForAssertion(() => Assert.Equal(2, page.FindAll("tbody a").Count));

        Assert.Empty(page.FindAll("button"));
        var said = await history.Pages.Services.GetRequiredService<WebhookDesk>().SendAgainAsync("crm", null);

        Assert.Contains("VoiceBridge.Operator is needed", said, StringComparison.Ordinal);
        Assert.Empty(await TakeAsync(history));
    }

    [Fact]
    public async Task WithoutAHistory_ThePageSaysSo()
    {
        await using var context = new DashboardContext(SampleSnapshots.Of(new SampleCluster(HistoryContext.Now)));
        context.Services.AddScoped<WebhookDesk>();

        Assert.Contains("No history is kept", context.Render<WebhooksPage>().Markup, StringComparison.Ordinal);
    }

    /// <summary>Two events, of which one has been given up.</summary>
    private async Task<HistoryContext> FailAsync()
    {
        var history = await HistoryContext.StartAsync(databases, ("Webhooks:Receivers:crm:Url", Crm.ToString()));
        await history.WriteAsync(2);
        var queue = history.Service<WebhookOutbox>();
        await queue.AnnounceAsync("crm", Crm, Ct);
        foreach (var (i, webhook) in (await TakeAsync(history)).Index()) await queue.FailAsync(webhook, "answered 503", i == 0 ? DateTimeOffset.UtcNow.AddHours(1) : null, Ct);
        return history;
    }

    private static Task<IReadOnlyList<PendingWebhook>> TakeAsync(HistoryContext history) => history.Service<WebhookOutbox>().TakeAsync("crm", Crm, 10, TimeSpan.FromMinutes(1), false, Ct);

    private static async Task<long> CountAsync(HistoryContext history, string what)
    {
        await using var connection = new SqliteConnection(history.ConnectionString);
        await connection.OpenAsync(Ct);
        await using var command = connection.CreateCommand();
        command.CommandText = "SELECT COUNT(*) FROM accesses WHERE what = $what";
        command.Parameters.AddWithValue("$what", what);
        return (long)(await command.ExecuteScalarAsync(Ct))!;
    }
}
