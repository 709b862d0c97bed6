using Bunit;
using Bunit.TestDoubles;
using Microsoft.Extensions.DependencyInjection;
using VoiceBridge.Dashboard.Access;
using VoiceBridge.Dashboard.Components.Pages;
using VoiceBridge.Dashboard.EndedCalls;
using VoiceBridge.Testing.Clusters;
using VoiceBridge.Testing.Databases;

namespace VoiceBridge.Dashboard.Tests.EndedCalls;

public sealed class HistoryPageTests(HistoryDatabases databases)
{
    [Fact]
    public async Task Pages_GoBackAndForth()
    {
        await using var history = await HistoryContext.StartAsync(databases);
        await history.WriteAsync(120);
        var page = history.Pages.Interactive().Render<HistoryPage>();
        page.WaitForAssertion(() => Assert.Equal(50, page.FindAll("tbody a").Count));
        var first = page.Find("tbody a").TextContent;

        page.FindAll(".pager button")[1].Click();
        page.WaitForAssertion(() => Assert.NotEqual(first, page.Find("tbody a").TextContent));
        page.FindAll(".pager button")[1].Click();
        page.WaitForAssertion(() => Assert.Equal(20, page.FindAll("tbody a").Count));
        Assert.True(page.FindAll(".pager button")[1].HasAttribute("disabled"));

        page.FindAll(".pager button")[0].Click();
        page.WaitForAssertion(() => Assert.Equal(50, page.FindAll("tbody a").Count));
        page.FindAll(".pager button")[0].Click();
        page.WaitForAssertion(() => Assert.Equal(first, page.Find("tbody a").TextContent));
    }

    [Fact]
    public async Task Search_FindsByNumberAndByWords()
    {
        await using var history = await HistoryContext.StartAsync(databases);
        await history.WriteAsync(3);
        await history.WriteAsync(2, said: "My invoice is wrong", from: "+14255559999");
        var page = history.Pages.Interactive().Render<HistoryPage>();
        page.WaitForAssertion(() => Assert.Equal(5, page.FindAll("tbody a").Count));

        page.Find("input[placeholder^=whole]").Change("+1 425 555 9999");
        page.Find("form[role=search]").Submit();
        page.WaitForAssertion(() => Assert.Equal(2, page.FindAll("tbody a").Count));

        page.Find("input[placeholder^=whole]").Change("");
        page.Find("input[type=search]").Change("invoice parcel");
        page.Find("form[role=search]").Submit();
        page.WaitForAssertion(() => Assert.Contains("No call matches", page.Markup, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Search_StandsInTheAddress_WithoutTheNumber()
    {
        await using var history = await HistoryContext.StartAsync(databases);
        await history.WriteAsync(3, agent: "sales");
        await history.WriteAsync(2, agent: "support");
        var navigation = history.Pages.Services.GetRequiredService<BunitNavigationManager>();
        navigation.NavigateTo("/history?agent=support");
        var page = history.Pages.Interactive().Render<HistoryPage>();
        page.WaitForAssertion(() => Assert.Equal(2, page.FindAll("tbody a").Count));
        Assert.EndsWith("?back=history%3Fagent%3Dsupport", page.Find("tbody a").GetAttribute("href"), StringComparison.Ordinal);

        page.Find("input[placeholder^=whole]").Change("+1 425 555 0123");
        page.Find("input[type=search]").Change("hello");
        page.Find("form[role=search]").Submit();

        page.WaitForAssertion(() => Assert.EndsWith("/history?agent=support&words=hello", navigation.Uri, StringComparison.Ordinal));
        Assert.Equal(2, page.FindAll("tbody a").Count);
    }

    [Fact]
    public async Task Reader_CannotSearchWhatWasSaid_NorExportNorErase()
    {
        await using var history = await HistoryContext.StartAsync(databases);
        await history.WriteAsync(1);
        history.Pages.User.SetPolicies(Policies.Read);

        var page = history.Pages.Interactive().Render<HistoryPage>();

        page.WaitForAssertion(() => Assert.Single(page.FindAll("tbody a")));
        Assert.Empty(page.FindAll("input[type=search]"));
        Assert.Empty(page.FindAll("form.export"));
        Assert.DoesNotContain("Erase", page.Markup, StringComparison.Ordinal);
        var found = await history.Pages.Services.GetRequiredService<EndedCallReader>().FindAsync(new() { Words = "hello" }, Xunit.TestContext.Current.CancellationToken);
        Assert.Empty(found!.Calls);
    }

    [Fact]
    public async Task WithoutAHistory_ThePageSaysHowToHaveOne()
    {
        await using var context = new DashboardContext(SampleSnapshots.Of(new SampleCluster(HistoryContext.Now)));

        Assert.Contains("No history is kept", context.Render<HistoryPage>().Markup, StringComparison.Ordinal);
        Assert.Contains("No history is kept", context.Render<ReportsPage>().Markup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Report_ShowsDaysAndAgents()
    {
        await using var history = await HistoryContext.StartAsync(databases);
        await history.WriteAsync(3, agent: "sales");
        await history.WriteAsync(1, agent: "support");

        var page = history.Pages.Interactive().Render<ReportsPage>();

        page.WaitForAssertion(() => Assert.Contains("4", page.Find(".kpi .value").TextContent, StringComparison.Ordinal));
        Assert.Contains("sales", page.Markup, StringComparison.Ordinal);
        Assert.Contains("$2.00", page.Markup, StringComparison.Ordinal);
        page.FindAll(".segmented button")[2].Click();
        page.WaitForAssertion(() => Assert.Contains("the last 90 days", page.Markup, StringComparison.Ordinal));
    }
}
