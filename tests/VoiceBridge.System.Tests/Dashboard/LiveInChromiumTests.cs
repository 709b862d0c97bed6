using Microsoft.Playwright;
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
    public async Task KilledGateway_IsSuspectThenDeadAndStaysListed()
    {
        var gateway = SampleCluster.GatewayId(2);
        await using var page = await _dashboard!.OpenAsync("/gateways");
        var row = page.Page.Locator("tbody tr", new() { Has = page.Page.Locator($"[title='{gateway}']") });
        await row.GetByText("Ready").WaitForAsync();

        _dashboard.Seed.Delay(gateway);
        await row.GetByText("Suspect").WaitForAsync();

        _dashboard.Seed.Kill(gateway);
        await row.GetByText("Dead").WaitForAsync();
        Assert.Empty(page.Complaints);
    }

    [Fact(Skip = NoChromium, SkipUnless = nameof(DashboardInChromium.HasChromium), SkipType = typeof(DashboardInChromium))]
    public async Task DashboardAway_LooksAsStaleAsRedisAway()
    {
        await using var page = await _dashboard!.OpenAsync("/gateways");
        await page.Page.Locator("tbody tr").Nth(2).WaitForAsync();

        await _dashboard.App.StopAsync(TestContext.Current.CancellationToken);

        await page.Page.GetByText("You see the state of").WaitForAsync();
        await page.Page.Locator(".rail .status.stale").WaitForAsync();
        Assert.False(await page.Page.Locator(".rail .status.healthy").IsVisibleAsync());
        // What is pressed now would not be done.
        await page.Page.GetByLabel($"Drain {SampleCluster.GatewayId(0)}").ClickAsync(new LocatorClickOptions { Force = true });
        Assert.Equal(0, await page.Page.Locator("dialog[open]").CountAsync());
    }

    [Fact(Skip = NoChromium, SkipUnless = nameof(DashboardInChromium.HasChromium), SkipType = typeof(DashboardInChromium))]
    public async Task RedisAway_ShowsTheLastKnownStateAndComesBackByItself()
    {
        await using var page = await _dashboard!.OpenAsync("/gateways");
        await page.Page.Locator("tbody tr").Nth(2).WaitForAsync();

        await _dashboard.StopRedisAsync();
        await page.Page.GetByText("You see the state of").WaitForAsync();
        Assert.Equal(3, await page.Page.Locator("tbody tr").CountAsync());
        await page.Page.GetByText("as of ").First.WaitForAsync();
        Assert.True(await page.Page.GetByLabel($"Drain {SampleCluster.GatewayId(0)}").IsDisabledAsync());
        await using (var late = await _dashboard.OpenAsync("/calls"))
        {
            await late.Page.GetByText("You see the state of").WaitForAsync();
            Assert.Empty(await late.AxeViolationsAsync());
        }

        await _dashboard.StartRedisAsync();
        await page.Page.GetByText("You see the state of").WaitForAsync(new LocatorWaitForOptions { State = WaitForSelectorState.Detached });
        await page.Page.Locator("tbody tr").Nth(2).WaitForAsync();
        Assert.False(await page.Page.Locator("#blazor-error-ui").IsVisibleAsync());
        Assert.Empty(page.Complaints);
    }
}
