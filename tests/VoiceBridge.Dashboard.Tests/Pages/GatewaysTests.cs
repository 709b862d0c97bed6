using Bunit;
using Microsoft.Extensions.DependencyInjection;
using VoiceBridge.Cluster.Gateways;
using VoiceBridge.Dashboard.Access;
using VoiceBridge.Dashboard.Components.Messages;
using VoiceBridge.Dashboard.Tests.Commands;
using VoiceBridge.Dashboard.Presentation;
using GatewaysPage = VoiceBridge.Dashboard.Components.Pages.GatewaysPage;
using VoiceBridge.Testing.Clusters;

namespace VoiceBridge.Dashboard.Tests.Pages;

public sealed class GatewaysTests
{
    private static readonly DateTimeOffset Now = new(2025, 12, 5, 10, 45, 30, TimeSpan.Zero);

    [Fact]
    public async Task Gateways_ShowsEachWithItsState()
    {
        await using var context = new DashboardContext(SampleSnapshots.Of(new SampleCluster(Now)));
        await using var actions = ActingHost.Create(Policies.OperatorRole);
        context.Services.AddScoped(_ => actions.Actions);

        var page = context.Interactive().Render<GatewaysPage>();

        Assert.Equal(10, page.FindAll("tbody tr").Count);
        Assert.Single(page.FindAll(".status"), mark => mark.TextContent.Contains("Suspect", StringComparison.Ordinal));
        Assert.Single(page.FindAll("button"), button => button.TextContent == "Undrain");
    }

    [Fact]
    public void Drain_SaysHowLongItStillWaits()
    {
        var gateway = Assert.Single(SampleSnapshots.Of(new SampleCluster(Now)).Gateways, g => g.State is GatewayState.Draining);

        Assert.Equal("4 min left", GatewayText.Left(gateway, Now));
        Assert.Null(GatewayText.Left(gateway, Now.AddMinutes(5)));
    }

    [Fact]
    public async Task Stale_GatewaysAreNotDrained_AndTheirHeartbeatsAreOfThen()
    {
        await using var context = new DashboardContext(SampleSnapshots.Of(new SampleCluster(Now)) with { StaleSince = Now.AddSeconds(5) });
        await using var actions = ActingHost.Create(Policies.OperatorRole);
        context.Services.AddScoped(_ => actions.Actions);

        var page = context.Interactive().Render<GatewaysPage>();

        Assert.All(page.FindAll("tbody button"), button => Assert.True(button.HasAttribute("disabled")));
        Assert.Contains("as of 10:45:29", page.Markup, StringComparison.Ordinal);
        Assert.DoesNotContain(" ago", page.Markup, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0.1.0+cfed6284c199558a8bd24da3b864d6b", "0.1.0+cfed628")]
    [InlineData("0.1.0+cfed", "0.1.0+cfed")]
    [InlineData("0.1.0", "0.1.0")]
    public void Version_IsShortened(string version, string shown) => Assert.Equal(shown, GatewayText.ShortVersion(version));

    [Fact]
    public async Task Drain_OfTheLastGatewayThatTakesCalls_SaysSoFirst()
    {
        await using var context = new DashboardContext(SampleSnapshots.Of(new SampleCluster(Now, calls: 3, gateways: 1)));
        await using var actions = ActingHost.Create(Policies.OperatorRole);
        context.Services.AddScoped(_ => actions.Actions);
        var dialog = context.Interactive().Render<DialogHost>();

        context.Render<GatewaysPage>().Find("tbody button").Click();

        dialog.WaitForAssertion(() => Assert.Contains("This is the last gateway that takes calls", dialog.Find(".notice.bad").TextContent, StringComparison.Ordinal));
        Assert.True(dialog.FindAll("button")[0].HasAttribute("autofocus"));
    }

    [Fact]
    public async Task Reader_IsOfferedNoAction()
    {
        await using var context = new DashboardContext(SampleSnapshots.Of(new SampleCluster(Now)));
        await using var actions = ActingHost.Create(Policies.ReaderRole);
        context.Services.AddScoped(_ => actions.Actions);
        context.User.SetPolicies(Policies.Read);

        var page = context.Interactive().Render<GatewaysPage>();

        Assert.Empty(page.FindAll("tbody button"));
    }
}
