using Microsoft.Playwright;

namespace VoiceBridge.DashboardBench;

/// <summary>A headless Chromium that looks at the dashboard.</summary>
internal sealed class Browser : IAsyncDisposable
{
    private const float DeadlineMs = 60_000;

    // Notes when there is data on the page, and when the page has come alive.
    private const string Watch = """
        (() => {
          const marks = window.benchMarks = {};
          const wanted = { data: ".rows li:nth-child(2), tbody a", live: "[data-live=true]" };
          const look = () => {
            for (const [name, selector] of Object.entries(wanted)) if (!(name in marks) && document.querySelector(selector)) marks[name] = performance.now();
            if (!("data" in marks && "live" in marks)) requestAnimationFrame(look);
          };
          look();
        })();
        """;

    private static readonly string[] Flags = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage"];
    private readonly IPlaywright _playwright;
    private readonly IBrowser _browser;
    private readonly Uri _url;

    private Browser(IPlaywright playwright, IBrowser browser, Uri url) => (_playwright, _browser, _url) = (playwright, browser, url);

    /// <summary>Where Chromium is on this machine, or null.</summary>
    public static string? Executable { get; } =
        new[] { Environment.GetEnvironmentVariable("CHROMIUM"), "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome" }.FirstOrDefault(File.Exists);

    public static async Task<Browser> StartAsync(Uri url)
    {
        var playwright = await Playwright.CreateAsync();
        return new Browser(playwright, await playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions { ExecutablePath = Executable, Args = Flags }), url);
    }

    /// <summary>A window with a cache of its own.</summary>
    public async Task<IBrowserContext> OpenWindowAsync()
    {
        var window = await _browser.NewContextAsync(new BrowserNewContextOptions { ViewportSize = new ViewportSize { Width = 1440, Height = 900 }, TimezoneId = "Europe/Paris" });
        window.SetDefaultTimeout(DeadlineMs);
        await window.AddInitScriptAsync(Watch);
        return window;
    }

    /// <summary>Loads a page in a window until it is live.</summary>
    public async Task<(IPage Page, PageLoad Load)> LoadAsync(IBrowserContext window, string path)
    {
        var page = await window.NewPageAsync();
        await page.GotoAsync(new Uri(_url, path).ToString());
        await page.WaitForFunctionAsync("() => window.benchMarks.data && window.benchMarks.live && performance.getEntriesByName('first-contentful-paint').length > 0");
        var ms = await page.EvaluateAsync<double[]>("() => [performance.getEntriesByName('first-contentful-paint')[0].startTime, window.benchMarks.data, window.benchMarks.live, [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')].reduce((sum, entry) => sum + entry.transferSize, 0)]");
        return (page, new PageLoad(ms[0], ms[1], ms[2], ms[3] / 1024));
    }

    public async ValueTask DisposeAsync()
    {
        await _browser.DisposeAsync();
        _playwright.Dispose();
    }
}
