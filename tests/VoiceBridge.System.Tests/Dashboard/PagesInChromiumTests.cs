using Microsoft.Playwright;
using VoiceBridge.System.Tests.Harness;

namespace VoiceBridge.System.Tests.Dashboard;

/// <summary>Every page over a running system in which calls took place and go on: light and dark, on a phone and on a desk, by mouse and by keyboard.</summary>
[Collection<Alone>]
public sealed class PagesInChromiumTests(RealPages pages) : IClassFixture<RealPages>
{
    private const string NoChromium = "Chromium is not installed on this machine";
    private const int Wide = 1440;
    private const int Narrow = 390;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private IReadOnlyList<(string Name, string Path)> All =>
    [
        ("overview", "/"), ("gateways", "/gateways"), ("calls", "/calls"), ("calls-ended", "/calls?show=ended"), ("call", $"/calls/{pages.Calls.Told.CallId}"),
        ("call-live", $"/calls/{pages.Calls.Moved.CallId}"), ("history", "/history"), ("reports", "/reports"), ("webhooks", "/webhooks"), ("talk", "/talk"),
    ];

    [Fact(Skip = NoChromium, SkipUnless = nameof(DashboardInChromium.HasChromium), SkipType = typeof(DashboardInChromium))]
    public async Task Every_page_is_accessible_fits_and_complains_of_nothing()
    {
        var wrong = new List<string>();
        var folder = Environment.GetEnvironmentVariable("SCREENSHOTS");
        await using var page = await pages.OpenAsync("/");
        foreach (var (name, path) in All)
        {
            await page.Page.SetViewportSizeAsync(Wide, 900);
            await page.GoAsync(path);
            await page.Page.Locator(name.StartsWith("call-", StringComparison.Ordinal) || name == "call" ? ".turn" : "h1").First.WaitForAsync();
            foreach (var width in new[] { Wide, Narrow })
            {
                await page.Page.SetViewportSizeAsync(width, width == Narrow ? 844 : 900);
                foreach (var theme in new[] { "light", "dark" })
                {
                    var where = $"{path} at {width}, {theme}: ";
                    await page.Page.EvaluateAsync("theme => document.documentElement.dataset.theme = theme", theme);
                    // Contrasts are those of the wide page.
                    if (width == Wide || theme == "light") wrong.AddRange((await page.AxeViolationsAsync()).Select(violation => where + violation));
                    if (await page.OverflowAsync() is > 0 and var overflow) wrong.Add($"{where}{overflow} px too wide");
                    if (folder is { Length: > 0 }) await page.Page.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(folder, $"{name}-{width}-{theme}.png"), FullPage = name is "overview" or "call" });
                }
            }
        }

        wrong.AddRange(page.Complaints);
        Assert.True(wrong.Count == 0, string.Join(Environment.NewLine, wrong));
    }

    [Fact(Skip = NoChromium, SkipUnless = nameof(DashboardInChromium.HasChromium), SkipType = typeof(DashboardInChromium))]
    public async Task Keyboard_shows_where_it_is_on_everything_that_it_reaches()
    {
        var hidden = new List<string>();
        await using var page = await pages.OpenAsync("/");
        foreach (var (_, path) in All)
        {
            await page.GoAsync(path);
            for (var tab = 0; tab < 40; tab++)
            {
                await page.Page.Keyboard.PressAsync("Tab");
                var focus = await page.Page.EvaluateAsync<string?>("""
                    () => {
                      const element = document.activeElement;
                      if (!element || element === document.body || element.dataset.seen) return null;
                      if (element.tabIndex < 0) return "";
                      element.dataset.seen = "1";
                      const style = getComputedStyle(element);
                      return style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2 ? "" : element.outerHTML.slice(0, 120);
                    }
                    """);
                if (focus is null) break;
                if (focus.Length > 0) hidden.Add($"{path}: {focus}");
            }
        }

        Assert.True(hidden.Count == 0, string.Join(Environment.NewLine, hidden));
    }

    [Fact(Skip = NoChromium, SkipUnless = nameof(DashboardInChromium.HasChromium), SkipType = typeof(DashboardInChromium))]
    public async Task Dialog_is_answered_by_keyboard_and_gives_the_focus_back()
    {
        await using var page = await pages.OpenAsync("/gateways");
        var drain = page.Page.GetByRole(AriaRole.Button, new() { Name = "Drain " }).First;
        await drain.FocusAsync();
        await page.Page.Keyboard.PressAsync("Enter");
        await page.Page.Locator("dialog[open]").WaitForAsync();
        await page.Page.WaitForFunctionAsync("() => document.querySelector('dialog[open]')?.contains(document.activeElement) && document.activeElement.matches('button')");
        Assert.Empty(await page.AxeViolationsAsync());

        await page.Page.Keyboard.PressAsync("Escape");

        await page.Page.WaitForFunctionAsync("() => !document.querySelector('dialog[open]') && document.activeElement.textContent.trim() === 'Drain'");
        Assert.Empty(page.Complaints);
    }

    [Fact(Skip = NoChromium, SkipUnless = nameof(DashboardInChromium.HasChromium), SkipType = typeof(DashboardInChromium))]
    public async Task Figure_leads_to_its_calls_and_a_call_back_to_them()
    {
        await using var page = await pages.OpenAsync("/?range=60");
        await page.Page.GetByRole(AriaRole.Link, new() { NameRegex = new("Agent ended") }).ClickAsync();

        await page.Page.WaitForURLAsync("**/calls?show=ended&state=agent_ended");
        await page.Page.ReloadAsync();
        await page.Page.Locator("tbody a").First.ClickAsync();
        await page.Page.Locator(".call-sentence").WaitForAsync();
        await page.Page.Locator(".facts a[href^='/gateways#']").WaitForAsync();
        await page.Page.GetByRole(AriaRole.Navigation, new() { Name = "Back" }).GetByRole(AriaRole.Link).ClickAsync();

        await page.Page.WaitForURLAsync("**/calls?show=ended&state=agent_ended");
        Assert.Equal("agent_ended", await page.Page.GetByLabel("State").InputValueAsync());
        Assert.Empty(page.Complaints);
    }

    [Fact(Skip = NoChromium, SkipUnless = nameof(DashboardInChromium.HasChromium), SkipType = typeof(DashboardInChromium))]
    public async Task Words_said_in_a_live_call_find_it_and_its_transcript_follows_until_the_reader_scrolls_up()
    {
        await using var page = await pages.OpenAsync("/calls");
        await page.Page.GetByRole(AriaRole.Searchbox).FillAsync("opening hours");
        await page.Page.Locator("tbody a").First.WaitForAsync();
        await page.Page.WaitForURLAsync("**/calls?q=opening%20hours");

        await page.GoAsync($"/calls/{pages.Calls.Moved.CallId}");
        var transcript = page.Page.Locator(".transcript");
        await page.Page.WaitForFunctionAsync("() => { const e = document.querySelector('.transcript'); return e && e.scrollHeight > e.clientHeight + 200 && e.scrollTop > 100; }");
        await transcript.EvaluateAsync("e => { e.scrollTop = 0; e.dispatchEvent(new Event('scroll')); }");
        var turns = await page.Page.Locator(".turn").CountAsync();
        await page.Page.WaitForFunctionAsync("turns => document.querySelectorAll('.turn').length > turns", turns);

        Assert.Equal(0, await transcript.EvaluateAsync<int>("e => e.scrollTop"));
        Assert.Empty(page.Complaints);
    }

    [Fact(Skip = NoChromium, SkipUnless = nameof(DashboardInChromium.HasChromium), SkipType = typeof(DashboardInChromium))]
    public async Task Theme_is_remembered_and_times_are_in_the_viewers_zone()
    {
        await using var page = await pages.OpenAsync("/");
        Assert.Equal("light", await page.Page.GetAttributeAsync("html", "data-theme"));

        await page.Page.GetByLabel("Switch between light and dark").ClickAsync();
        await page.Page.WaitForFunctionAsync("() => document.documentElement.dataset.theme === 'dark'");
        await page.GoAsync($"/calls/{pages.Calls.Told.CallId}");

        Assert.Equal("dark", await page.Page.GetAttributeAsync("html", "data-theme"));
        await page.Page.GetByText("times in Europe/Paris").WaitForAsync();
        var time = page.Page.Locator(".timeline time").First;
        var meant = DateTimeOffset.Parse((await time.GetAttributeAsync("datetime"))!, global::System.Globalization.CultureInfo.InvariantCulture);
        var paris = TimeZoneInfo.ConvertTime(meant, TimeZoneInfo.FindSystemTimeZoneById("Europe/Paris"));
        Assert.Equal(paris.ToString("HH:mm:ss", global::System.Globalization.CultureInfo.InvariantCulture), await time.TextContentAsync());
    }

    [Fact(Skip = NoChromium, SkipUnless = nameof(DashboardInChromium.HasChromium), SkipType = typeof(DashboardInChromium))]
    public async Task A_call_that_ends_before_the_viewers_eyes_says_whose_doing_it_was()
    {
        await using var page = await pages.OpenAsync("/calls");
        await page.Page.GetByText(RealCalls.LiveCaller).First.ClickAsync();
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Hang up" }).ClickAsync();
        await page.Page.Locator("dialog[open]").GetByRole(AriaRole.Button, new() { Name = "Hang up" }).ClickAsync();

        await pages.Calls.Live.OverAsync();
        await page.Page.Locator(".page-head").GetByText("Operator hung up").WaitForAsync();
        Assert.Equal(0, await page.Page.Locator(".page-head").GetByRole(AriaRole.Button, new() { Name = "Hang up" }).CountAsync());
        Assert.Empty(page.Complaints);
    }

    /// <summary>Explicit, since it writes into the sources: <c>eng/calls.sh</c>.</summary>
    [Fact(Explicit = true)]
    public async Task Recording_is_made_anew()
    {
        var recorded = await pages.Calls.RecordAsync(Ct);
        recorded.Save(Environment.GetEnvironmentVariable("RECORD_CALLS") ?? throw new InvalidOperationException("RECORD_CALLS names no file."));
    }
}
