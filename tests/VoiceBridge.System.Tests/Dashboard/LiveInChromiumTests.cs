using Microsoft.Playwright;
using VoiceBridge.Cluster.Calls;
using VoiceBridge.Cluster.Events;
using VoiceBridge.Cluster.Transcripts;
using Microsoft.Extensions.DependencyInjection;
using VoiceBridge.Testing.Clusters;

namespace VoiceBridge.System.Tests.Dashboard;

/// <summary>What changes in the cluster changes on the screen.</summary>
public sealed class LiveInChromiumTests : IAsyncLifetime
{
    private const string NoChromium = "Chromium is not installed on this machine";
    private DashboardInChromium? _dashboard;

    public async ValueTask InitializeAsync()
    {
        if (DashboardInChromium.HasChromium) _dashboard = await DashboardInChromium.StartAsync(calls: 12, gateways: 3);
    }

    public async ValueTask DisposeAsync()
    {
        if (_dashboard is not null) await _dashboard.DisposeAsync();
    }

    [Fact(Skip = NoChromium, SkipUnless = nameof(DashboardInChromium.HasChromium), SkipType = typeof(DashboardInChromium))]
    public async Task Call_AppearsGrowsAndEndsBeforeTheViewersEyes()
    {
        var ct = TestContext.Current.CancellationToken;
        var seed = _dashboard!.Seed;
        var now = DateTimeOffset.UtcNow;
        var call = new CallRecord { CallId = "feedfeedfeedfeedfeedfeedfeedfeed", CorrelationId = "c", From = "+33140000000", State = CallState.Connected, GatewayId = SampleCluster.GatewayId(0), ConnectionId = "new", RangAt = now, ConnectedAt = now };
        await using var list = await _dashboard.OpenAsync("/calls");

        await seed.WriteCallAsync(call, ct);
        await list.Page.GetByText("+33140000000").ClickAsync();
        await list.Page.GetByText("Nothing has been said yet.").WaitForAsync();

        await seed.Turns.AppendAsync(call.CallId, [new Turn(now, "caller", "Is anybody there?")], ct);
        await _dashboard.App.Services.GetRequiredService<ClusterEvents>().PublishAsync(new ClusterEvent("turn", call.CallId), ct);
        await list.Page.GetByText("Is anybody there?").WaitForAsync();

        await seed.Calls.AdvanceAsync(call.CallId, CallState.Ended, new CallChange { EndReason = "caller_hung_up", EndedAt = DateTimeOffset.UtcNow }, ct);
        await list.Page.Locator(".page-head").GetByText("Caller hung up").WaitForAsync();
        Assert.Equal(0, await list.Page.GetByRole(AriaRole.Button, new() { Name = "Hang up" }).CountAsync());
        Assert.Empty(list.Complaints);
    }

    [Fact(Skip = NoChromium, SkipUnless = nameof(DashboardInChromium.HasChromium), SkipType = typeof(DashboardInChromium))]
    public async Task KilledGateway_IsSuspectThenGone()
    {
        var gateway = SampleCluster.GatewayId(2);
        await using var page = await _dashboard!.OpenAsync("/gateways");
        var row = page.Page.Locator("tbody tr", new() { Has = page.Page.Locator($"[title='{gateway}']") });
        await row.GetByText("Ready").WaitForAsync();

        _dashboard.Seed.Delay(gateway);
        await row.GetByText("Suspect").WaitForAsync();

        _dashboard.Seed.Kill(gateway);
        await row.WaitForAsync(new LocatorWaitForOptions { State = WaitForSelectorState.Detached });
        Assert.Empty(page.Complaints);
    }

    [Fact(Skip = NoChromium, SkipUnless = nameof(DashboardInChromium.HasChromium), SkipType = typeof(DashboardInChromium))]
    public async Task RedisAway_ShowsTheLastKnownStateAndComesBackByItself()
    {
        await using var page = await _dashboard!.OpenAsync("/gateways");
        await page.Page.Locator("tbody tr").Nth(2).WaitForAsync();

        await _dashboard.StopRedisAsync();
        await page.Page.GetByText("Stale since").WaitForAsync();
        Assert.Equal(3, await page.Page.Locator("tbody tr").CountAsync());
        await using (var late = await _dashboard.OpenAsync("/calls"))
        {
            await late.Page.GetByText("Stale since").WaitForAsync();
            Assert.Empty(await late.AxeViolationsAsync());
        }

        await _dashboard.StartRedisAsync();
        await page.Page.GetByText("Stale since").WaitForAsync(new LocatorWaitForOptions { State = WaitForSelectorState.Detached });
        await page.Page.Locator("tbody tr").Nth(2).WaitForAsync();
        Assert.False(await page.Page.Locator("#blazor-error-ui").IsVisibleAsync());
        Assert.Empty(page.Complaints);
    }
}
