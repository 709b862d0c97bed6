using Bunit;
using Bunit.TestDoubles;
using Microsoft.Extensions.DependencyInjection;
using VoiceBridge.Cluster.Admission;
using VoiceBridge.Dashboard.Snapshots;
using VoiceBridge.Dashboard.Components.Pages;
using VoiceBridge.Dashboard.Components.Parts;
using VoiceBridge.Dashboard.Presentation;
using VoiceBridge.Testing.Clusters;

namespace VoiceBridge.Dashboard.Tests.Pages;

public sealed class OverviewTests
{
    private static readonly DateTimeOffset Now = new(2025, 12, 5, 10, 45, 30, TimeSpan.Zero);

    [Fact]
    public async Task Overview_ShowsCallsAgainstCapacity()
    {
        await using var context = new DashboardContext(SampleSnapshots.Of(new SampleCluster(Now)));

        var page = context.Interactive().Render<OverviewPage>();

        Assert.Contains("1,000", page.Find(".kpi .value").TextContent, StringComparison.Ordinal);
        Assert.Contains("of 1,250", page.Find(".kpi .value").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Overview_FollowsTheNextSnapshot()
    {
        var snapshot = SampleSnapshots.Of(new SampleCluster(Now));
        await using var context = new DashboardContext(snapshot);
        var page = context.Interactive().Render<OverviewPage>();

        context.Source.Show(snapshot with { Load = new ClusterLoad(7, 0, 0, 40) });

        page.WaitForAssertion(() => Assert.Contains("7", page.Find(".kpi .value").TextContent, StringComparison.Ordinal));
        Assert.Contains("of 40", page.Find(".kpi .value").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Overview_OfAnEmptyCluster_SaysSoInsteadOfFailing()
    {
        await using var context = new DashboardContext(ClusterSnapshot.Empty);

        var page = context.Interactive().Render<OverviewPage>();

        Assert.Contains("No gateway is alive.", page.Markup, StringComparison.Ordinal);
        Assert.Contains("Nothing in the last 15 minutes", page.Markup, StringComparison.Ordinal);
    }

    [Theory]
    // What goes on, and conversations from a browser, cost too: they are in the sum, and not in what a call costs.
    [InlineData(2, 1, 9, "$9.00", "$0.5000 a call")]
    [InlineData(2, 0, 0, "–", "– a call")]
    [InlineData(0, 0, 9, "$9.00", "no call ended")]
    public async Task Cost_OfACallIsThatOfThoseThatEnded_AndADashWithoutPrices(int ended, int endedCost, int cost, string value, string note)
    {
        var now = DateTimeOffset.UtcNow;
        var minute = new MinuteStats { Minute = now, Counts = new Counts { Ended = ended, EndedCost = endedCost, Cost = cost, TokensIn = 1_000 } };
        await using var context = new DashboardContext(new ClusterSnapshot { At = now, Minutes = [minute] });

        var page = context.Interactive().Render<OverviewPage>();

        var shown = page.FindAll(".kpi").Single(kpi => kpi.TextContent.Contains("Cost", StringComparison.Ordinal));
        Assert.Contains(value, shown.TextContent, StringComparison.Ordinal);
        Assert.Contains(note, shown.TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RangePicker_ChangesWhatIsAddedUp()
    {
        await using var context = new DashboardContext(SampleSnapshots.Of(new SampleCluster(Now)));
        var page = context.Interactive().Render<OverviewPage>();
        var quarter = page.FindAll(".kpi .value")[9].TextContent;

        page.FindAll(".segmented button").Single(button => button.TextContent == "24 h").Click();

        Assert.NotEqual(quarter, page.FindAll(".kpi .value")[9].TextContent);
        Assert.Equal("true", page.FindAll(".segmented button").Single(button => button.TextContent == "24 h").GetAttribute("aria-pressed"));
    }

    [Fact]
    public async Task Figures_LeadToTheCallsBehindThem()
    {
        await using var context = new DashboardContext(SampleSnapshots.Of(new SampleCluster(Now)));

        var page = context.Interactive().Render<OverviewPage>();

        var links = page.FindAll("a").Select(link => link.GetAttribute("href")).ToArray();
        Assert.Contains("/calls", links);
        Assert.Contains("/calls?show=ended&state=failed&within=15", links);
        Assert.Contains("/calls?show=ended&state=turned_away&within=15", links);
        Assert.Contains("/calls?show=ended&state=caller_hung_up&within=15", links);
        Assert.Contains($"/gateways#{SampleCluster.GatewayId(0)}", links);
    }

    [Fact]
    public async Task Range_StandsInTheAddress()
    {
        await using var context = new DashboardContext(SampleSnapshots.Of(new SampleCluster(Now)));
        var navigation = context.Services.GetRequiredService<BunitNavigationManager>();
        navigation.NavigateTo("/?range=60");
        var page = context.Interactive().Render<OverviewPage>();
        Assert.Equal("1 h", page.Find(".segmented button[aria-pressed=true]").TextContent);

        page.FindAll(".segmented button").Single(button => button.TextContent == "24 h").Click();

        Assert.EndsWith("/?range=1440", navigation.Uri, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Day_OfWhichLittleIsKnown_BeginsThereAndSaysSo()
    {
        var snapshot = SampleSnapshots.Of(new SampleCluster(Now));
        var known = snapshot.Minutes.Select((minute, i) => i < snapshot.Minutes.Count - 40 ? new MinuteStats { Minute = minute.Minute, IsGap = true } : minute).ToArray();
        await using var context = new DashboardContext(snapshot with { Minutes = known });
        context.Services.GetRequiredService<BunitNavigationManager>().NavigateTo("/?range=1440");

        var page = context.Interactive().Render<OverviewPage>();

        // Eight points of a quarter of an hour, not ninety-six.
        Assert.Equal(8, page.Find("figure svg[role=img]").QuerySelectorAll("rect.hit").Length);
    }

    [Fact]
    public async Task FirstLine_SaysSinceWhenItIsStale_AndWhetherCallersAreServedWhenRedisIsBack()
    {
        var snapshot = SampleSnapshots.Of(new SampleCluster(Now));
        await using var context = new DashboardContext(snapshot with { StaleSince = Now.AddSeconds(5) });
        var banner = context.Interactive().Render<VerdictLine>();
        Assert.Contains("Redis does not answer", banner.Markup, StringComparison.Ordinal);
        Assert.Contains("since 10:45:35", banner.Markup, StringComparison.Ordinal);
        Assert.Contains("You see the state of 10:45:30", banner.Markup, StringComparison.Ordinal);

        context.Source.Show(snapshot);

        banner.WaitForAssertion(() => Assert.DoesNotContain("Redis does not answer", banner.Markup, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Alert_NamesItsEndInTheViewersZone()
    {
        var alert = new Alert(Severity.Critical, "No Voice Live budget left", Until: Now.AddSeconds(35));
        await using var context = new DashboardContext(SampleSnapshots.Of(new SampleCluster(Now)) with { Alerts = [alert] });
        var list = context.Interactive().Render<AlertList>();
        Assert.Contains("No Voice Live budget left until 10:46:05.", list.Markup, StringComparison.Ordinal);

        await list.InvokeAsync(() => context.Services.GetRequiredService<Viewer>().Use("Asia/Kolkata"));

        Assert.Contains("No Voice Live budget left until 16:16:05.", list.Markup, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Health.Healthy, "circle")]
    [InlineData(Health.Degraded, "path")]
    [InlineData(Health.Failed, "path")]
    [InlineData(Health.Info, "rect")]
    [InlineData(Health.Stale, "circle")]
    public async Task StatusMark_HasAShapeAndAWordOfItsOwn(Health health, string shape)
    {
        await using var context = new DashboardContext(ClusterSnapshot.Empty);

        var mark = context.Interactive().Render<StatusMark>(parameters => parameters.Add(m => m.Health, health));

        Assert.NotNull(mark.Find($"svg {shape}"));
        Assert.Contains(health.ToString(), mark.Find(".status").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task StatusMark_DrawsEachHealthDifferently()
    {
        await using var context = new DashboardContext(ClusterSnapshot.Empty);

        context.Interactive();
        var drawings = Enum.GetValues<Health>().Select(health => context.Render<StatusMark>(parameters => parameters.Add(m => m.Health, health)).Find("svg").InnerHtml);

        Assert.Equal(Enum.GetValues<Health>().Length, drawings.Distinct().Count());
    }
}
