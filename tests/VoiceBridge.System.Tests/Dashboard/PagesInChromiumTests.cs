using Microsoft.Playwright;
using VoiceBridge.System.Tests.Harness;
using VoiceBridge.Testing.Clusters;

namespace VoiceBridge.System.Tests.Dashboard;

/// <summary>Every page, light and dark, on a phone and on a desk, over ten gateways and a thousand calls.</summary>
[Collection<Alone>]
public sealed class PagesInChromiumTests : IAsyncLifetime
{
    private const string NoChromium = "Chromium is not installed on this machine";
    private static readonly string[] Paths = ["/", "/gateways", "/calls", "/calls?show=ended", $"/calls/{SampleCluster.ToldCallId}", "/history", $"/calls/{DashboardInChromium.KeptCallId}", "/reports", "/webhooks", "/talk"];
    private DashboardInChromium? _dashboard;

    public async ValueTask InitializeAsync()
    {
        if (DashboardInChromium.HasChromium) _dashboard = await DashboardInChromium.StartAsync(calls: 1_000, gateways: 10);
    }

    public async ValueTask DisposeAsync()
    {
        if (_dashboard is not null) await _dashboard.DisposeAsync();
    }

    [Fact(Skip = NoChromium, SkipUnless = nameof(DashboardInChromium.HasChromium), SkipType = typeof(DashboardInChromium))]
    public async Task EveryPage_IsAccessibleFitsAndComplainsOfNothing()
    {
        var wrong = new List<string>();
        var folder = Directory.CreateDirectory(Path.Combine(AppContext.BaseDirectory, "screenshots")).FullName;
        foreach (var width in new[] { 1440, 390 })
        {
            foreach (var path in Paths)
            {
                await using var page = await _dashboard!.OpenAsync(path, width);
                await page.Page.Locator(path.Contains("calls/", StringComparison.Ordinal) ? ".turn" : "h1").First.WaitForAsync();
                foreach (var theme in new[] { "light", "dark" })
                {
                    var where = $"{path} at {width}, {theme}: ";
                    await page.Page.EvaluateAsync("theme => document.documentElement.dataset.theme = theme", theme);
                    // Contrasts are those of the wide page.
                    if (width == 1440 || theme == "light") wrong.AddRange((await page.AxeViolationsAsync()).Select(violation => where + violation));
                    if (await page.OverflowAsync() is > 0 and var overflow) wrong.Add($"{where}{overflow} px too wide");
                    await page.Page.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(folder, $"{Name(path)}-{width}-{theme}.png"), FullPage = path == "/" });
                }

                wrong.AddRange(page.Complaints.Select(complaint => $"{path} at {width}: {complaint}"));
            }
        }

        Assert.Empty(wrong);
    }

    private static string Name(string path) => path.Length == 1 ? "overview"
        : path.Contains("calls/kept", StringComparison.Ordinal) ? "kept"
        : path.Contains("calls/", StringComparison.Ordinal) ? "call"
        : path.Trim('/').Replace("?show=", "-", StringComparison.Ordinal);

    [Fact(Skip = NoChromium, SkipUnless = nameof(DashboardInChromium.HasChromium), SkipType = typeof(DashboardInChromium))]
    public async Task CallsTable_ScrollsThroughAThousandCalls()
    {
        await using var page = await _dashboard!.OpenAsync("/calls");
        await page.Page.GetByText("1,000 of 1,000").WaitForAsync();
        var first = await page.Page.Locator("tbody a").First.TextContentAsync();

        await page.Page.Locator(".calls-scroll").EvaluateAsync("e => e.scrollTop = e.scrollHeight");

        await page.Page.WaitForFunctionAsync("first => { const a = [...document.querySelectorAll('tbody a')]; return a.length > 5 && a.length < 120 && a[0].textContent !== first; }", first);
        Assert.Empty(page.Complaints);
    }

    [Fact(Skip = NoChromium, SkipUnless = nameof(DashboardInChromium.HasChromium), SkipType = typeof(DashboardInChromium))]
    public async Task Keyboard_IsEnoughToDrainAGateway()
    {
        var gateway = SampleCluster.GatewayId(1);
        await using var page = await _dashboard!.OpenAsync("/gateways");
        await page.Page.GetByLabel($"Drain {gateway}").FocusAsync();
        await page.Page.Keyboard.PressAsync("Enter");
        await page.Page.GetByRole(AriaRole.Dialog).WaitForAsync();
        Assert.Empty(await page.AxeViolationsAsync());
        var confirm = page.Page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Drain", Exact = true });
        await page.Page.WaitForFunctionAsync("() => document.querySelector('[role=dialog]')?.contains(document.activeElement)");

        for (var tabs = 0; tabs < 10 && !await confirm.EvaluateAsync<bool>("e => e === document.activeElement"); tabs++) await page.Page.Keyboard.PressAsync("Tab");
        await page.Page.Keyboard.PressAsync("Enter");

        await page.Page.GetByLabel($"Undrain {gateway}").WaitForAsync();
        Assert.Equal(VoiceBridge.Cluster.Gateways.GatewayOrder.Drain, _dashboard.Seed.Orders[gateway]);
        Assert.Empty(page.Complaints);
    }

    [Fact(Skip = NoChromium, SkipUnless = nameof(DashboardInChromium.HasChromium), SkipType = typeof(DashboardInChromium))]
    public async Task Theme_IsSwitchedAndRemembered()
    {
        await using var page = await _dashboard!.OpenAsync("/");
        Assert.Equal("light", await page.Page.GetAttributeAsync("html", "data-theme"));

        await page.Page.GetByLabel("Switch between light and dark").ClickAsync();
        await page.Page.WaitForFunctionAsync("() => document.documentElement.dataset.theme === 'dark'");
        await page.GoAsync("/calls");

        Assert.Equal("dark", await page.Page.GetAttributeAsync("html", "data-theme"));
    }

    [Fact(Skip = NoChromium, SkipUnless = nameof(DashboardInChromium.HasChromium), SkipType = typeof(DashboardInChromium))]
    public async Task Times_AreInTheViewersZone()
    {
        await using var page = await _dashboard!.OpenAsync($"/calls/{SampleCluster.ToldCallId}");

        await page.Page.GetByText("times in Europe/Paris").WaitForAsync();
        var shown = await page.Page.Locator(".timeline time").First.TextContentAsync();
        var meant = DateTimeOffset.Parse((await page.Page.Locator(".timeline time").First.GetAttributeAsync("datetime"))!, global::System.Globalization.CultureInfo.InvariantCulture);

        var paris = TimeZoneInfo.ConvertTime(meant, TimeZoneInfo.FindSystemTimeZoneById("Europe/Paris"));
        Assert.Equal(paris.ToString("HH:mm:ss", global::System.Globalization.CultureInfo.InvariantCulture), shown);
    }
}
