using Bunit;
using Bunit.TestDoubles;
using Microsoft.Extensions.DependencyInjection;
using VoiceBridge.Dashboard.Access;
using VoiceBridge.Dashboard.Calls;
using VoiceBridge.ServiceDefaults.Privacy;
using CallsPage = VoiceBridge.Dashboard.Components.Pages.CallsPage;
using VoiceBridge.Testing.Clusters;

namespace VoiceBridge.Dashboard.Tests.Pages;

public sealed class CallsTests
{
    private static readonly DateTimeOffset Now = new(2025, 12, 5, 10, 45, 30, TimeSpan.Zero);

    [Fact]
    public async Task Calls_CountsAllButDrawsOnlyThoseInSight()
    {
        await using var context = new DashboardContext(SampleSnapshots.Of(new SampleCluster(Now)));

        var page = context.Interactive().Render<CallsPage>();

        Assert.Equal("1,000 of 1,000", page.Find(".toolbar [role=status]").TextContent);
        Assert.InRange(page.FindAll("tbody tr").Count, 1, 200);
    }

    [Fact]
    public async Task Search_FindsACallByItsWholeNumber()
    {
        await using var context = new DashboardContext(SampleSnapshots.Of(new SampleCluster(Now)));
        var page = context.Interactive().Render<CallsPage>();

        page.Find("input[type=search]").Input("+14255550123");

        Assert.Equal("1 of 1,000", page.Find(".toolbar [role=status]").TextContent);
    }

    [Fact]
    public async Task Search_ThatFindsNothing_SaysSo()
    {
        await using var context = new DashboardContext(SampleSnapshots.Of(new SampleCluster(Now)));
        var page = context.Interactive().Render<CallsPage>();

        page.Find("input[type=search]").Input("nobody at all");

        Assert.Contains("No call matches", page.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Header_SortsAndSaysHow()
    {
        await using var context = new DashboardContext(SampleSnapshots.Of(new SampleCluster(Now)));
        var page = context.Interactive().Render<CallsPage>();

        page.FindAll("th button").Single(button => button.TextContent.StartsWith("Cost", StringComparison.Ordinal)).Click();

        Assert.Equal("descending", page.FindAll("th").Single(header => header.TextContent.StartsWith("Cost", StringComparison.Ordinal)).GetAttribute("aria-sort"));
    }

    [Fact]
    public async Task Numbers_AreShownAsThePrivacySettingSays()
    {
        await using var context = new DashboardContext(SampleSnapshots.Of(new SampleCluster(Now, calls: 3)), CallerIdVisibility.Last4);

        var page = context.Interactive().Render<CallsPage>();

        Assert.Contains("********0001", page.Markup, StringComparison.Ordinal);
        Assert.DoesNotContain("4255550001", page.Markup, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("+1 425 555 0001", 1)]
    [InlineData("0001", 1)]
    [InlineData("4255550", 0)]
    [InlineData("+1425555", 0)]
    public void Filter_DoesNotGiveHiddenDigitsAway(string search, int found)
    {
        var privacy = new CallerIdPrivacy(Microsoft.Extensions.Options.Options.Create(new PrivacyOptions { CallerId = CallerIdVisibility.Last4 }));
        // The dialled number is the same for all calls and would match as well.
        var calls = new SampleCluster(Now, calls: 5).Live().Select(call => call with { To = "", CallId = "x", CorrelationId = "x", CallConnectionId = null });

        Assert.Equal(found, new CallFilter(search).Apply(calls, privacy, Now).Count);
    }

    [Fact]
    public async Task Address_HoldsTheFilterAndIsRead()
    {
        await using var context = new DashboardContext(SampleSnapshots.Of(new SampleCluster(Now)));
        var navigation = context.Services.GetRequiredService<BunitNavigationManager>();
        navigation.NavigateTo("/calls?show=ended&state=media_lost");
        var page = context.Interactive().Render<CallsPage>();
        Assert.Equal("6 of 60", page.Find(".toolbar [role=status]").TextContent);
        Assert.All(page.FindAll("tbody a[href^='/calls/']"), link => Assert.EndsWith("?back=calls%3Fshow%3Dended%26state%3Dmedia_lost", link.GetAttribute("href"), StringComparison.Ordinal));

        page.Find("select").Change(CallStates.TurnedAway);

        Assert.EndsWith("/calls?show=ended&state=turned_away", navigation.Uri, StringComparison.Ordinal);
        page.Find("input[type=search]").Input("+4415550");
        Assert.EndsWith("/calls?show=ended&state=turned_away", navigation.Uri, StringComparison.Ordinal);
        Assert.Equal("+4415550", page.Find("input[type=search]").GetAttribute("value"));
    }

    [Fact]
    public async Task Words_FindTheCallInWhichTheyWereSaid_ForThoseWhoMayReadThem()
    {
        var recorded = RecordedCalls.As(Now).First(call => call.Turns.Any(turn => turn.Text.Contains("order", StringComparison.Ordinal)));
        var snapshot = SampleSnapshots.Of(new SampleCluster(Now, calls: 3));
        await using var context = new DashboardContext(snapshot);
        context.Said.Add(snapshot.Live[1].CallId, recorded.Turns);
        var page = context.Interactive().Render<CallsPage>();

        page.Find("input[type=search]").Input("my ORDER");
        page.WaitForAssertion(() => Assert.Equal("1 of 3", page.Find(".toolbar [role=status]").TextContent), TimeSpan.FromSeconds(30));

        context.User.SetPolicies(Policies.Read);
        page.Find("input[type=search]").Input("my order");
        page.WaitForAssertion(() => Assert.Equal("0 of 3", page.Find(".toolbar [role=status]").TextContent), TimeSpan.FromSeconds(30));
    }

    [Fact]
    public void Filter_CombinesStateGatewayAndSearch()
    {
        var privacy = new CallerIdPrivacy(Microsoft.Extensions.Options.Options.Create(new PrivacyOptions { CallerId = CallerIdVisibility.Full }));
        var calls = new SampleCluster(Now).Live();

        var found = new CallFilter("support", "in_call", SampleCluster.GatewayId(1)).Apply(calls, privacy, Now);

        Assert.NotEmpty(found);
        Assert.All(found, call => Assert.True(call is { Agent: "support", State: VoiceBridge.Cluster.Calls.CallState.Connected } && call.GatewayId == SampleCluster.GatewayId(1)));
    }
}
