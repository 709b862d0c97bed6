using Microsoft.Playwright;
using VoiceBridge.Cluster.Gateways;
using VoiceBridge.System.Tests.Harness;
using VoiceBridge.Testing.Clusters;

namespace VoiceBridge.System.Tests.Dashboard;

/// <summary>A thousand calls on ten gateways.</summary>
[Collection<Alone>]
public sealed class ManyCallsInChromiumTests
{
    private const string NoChromium = "Chromium is not installed on this machine";

    [Fact(Skip = NoChromium, SkipUnless = nameof(DashboardInChromium.HasChromium), SkipType = typeof(DashboardInChromium))]
    public async Task Table_scrolls_through_them_and_the_keyboard_is_enough_to_drain_a_gateway()
    {
        await using var dashboard = await DashboardInChromium.StartAsync(calls: 1_000, gateways: 10);
        await using var page = await dashboard.OpenAsync("/calls");
        await page.Page.GetByText("1,000 of 1,000").WaitForAsync();
        var first = await page.Page.Locator("tbody a").First.TextContentAsync();
        await page.Page.Locator(".calls-scroll").EvaluateAsync("e => e.scrollTop = e.scrollHeight");
        await page.Page.WaitForFunctionAsync("first => { const a = [...document.querySelectorAll('tbody a')]; return a.length > 5 && a.length < 120 && a[0].textContent !== first; }", first);

        var gateway = SampleCluster.GatewayId(1);
        await page.GoAsync("/gateways");
        await page.Page.GetByLabel($"Drain {gateway}").FocusAsync();
        await page.Page.Keyboard.PressAsync("Enter");
        var confirm = page.Page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Drain", Exact = true });
        await page.Page.WaitForFunctionAsync("() => document.querySelector('dialog[open]')?.contains(document.activeElement)");
        for (var tabs = 0; tabs < 10 && !await confirm.EvaluateAsync<bool>("e => e === document.activeElement"); tabs++) await page.Page.Keyboard.PressAsync("Tab");
        await page.Page.Keyboard.PressAsync("Enter");

        await page.Page.GetByLabel($"Undrain {gateway}").WaitForAsync();
        Assert.Equal(GatewayOrder.Drain, dashboard.Seed.Orders[gateway]);
        await page.Page.Locator(".toast").GetByText("Draining starts").WaitForAsync();
        Assert.Empty(await page.AxeViolationsAsync());
        Assert.Empty(page.Complaints);
    }
}
