using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Microsoft.Playwright;
using VoiceBridge.Dashboard;
using VoiceBridge.Dashboard.Tests;
using VoiceBridge.Testing;

namespace VoiceBridge.System.Tests.Dashboard;

/// <summary>The dashboard over an embedded Redis with a made-up cluster in it, and a real Chromium to look at it.</summary>
internal sealed class DashboardInChromium : IAsyncDisposable
{
    private const string ClusterName = "dashboard-tests";
    private static readonly string[] Flags =
    [
        "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
        "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream",
    ];

    private readonly IPlaywright _playwright;
    private readonly IBrowser _browser;

    private DashboardInChromium(RedisServer redis, WebApplication app, ClusterSeed seed, IPlaywright playwright, IBrowser browser)
    {
        (Redis, App, Seed, _playwright, _browser) = (redis, app, seed, playwright, browser);
        Url = app.Urls.First();
    }

    /// <summary>Where Chromium is on this machine, or null.</summary>
    public static string? Executable { get; } =
        new[] { Environment.GetEnvironmentVariable("CHROMIUM"), "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome" }.FirstOrDefault(File.Exists);

    public static bool HasChromium => Executable is not null;

    public RedisServer Redis { get; private set; }

    public WebApplication App { get; }

    public ClusterSeed Seed { get; }

    public string Url { get; }

    /// <summary>Starts everything. <paramref name="settings"/> go over the dashboard's own.</summary>
    public static async Task<DashboardInChromium> StartAsync(int calls, int gateways, IReadOnlyDictionary<string, string?>? settings = null)
    {
        var ct = TestContext.Current.CancellationToken;
        var redis = await RedisServer.StartAsync(RedisKind.Garnet);
        var app = DashboardApp.Create(["--environment", "Development"], builder =>
        {
            var all = TestSettings.Of(redis.ConnectionString);
            all["Cluster:Name"] = ClusterName;
            foreach (var (name, value) in settings ?? new Dictionary<string, string?>()) all[name] = value;
            builder.Configuration.AddInMemoryCollection(all);
            builder.WebHost.UseUrls("http://127.0.0.1:0");
            builder.Logging.ClearProviders();
        });
        // The dashboard reads a day's history once, at its start.
        var seed = new ClusterSeed(app, new SampleCluster(DateTimeOffset.UtcNow, calls, gateways), ClusterName);
        await seed.WriteAsync(ct);
        await app.StartAsync(ct);
        var playwright = await Playwright.CreateAsync();
        var browser = await playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions { ExecutablePath = Executable, Args = Flags });
        return new DashboardInChromium(redis, app, seed, playwright, browser);
    }

    /// <summary>A page of its own, with everything written down that should not happen.</summary>
    public async Task<WatchedPage> OpenAsync(string path, int width = 1440, ColorScheme scheme = ColorScheme.Light)
    {
        var context = await _browser.NewContextAsync(new BrowserNewContextOptions
        {
            ViewportSize = new ViewportSize { Width = width, Height = width < 600 ? 844 : 900 },
            ColorScheme = scheme,
            TimezoneId = "Europe/Paris",
            Locale = "en-GB",
        });
        context.SetDefaultTimeout(60_000);
        var page = new WatchedPage(await context.NewPageAsync(), Url);
        await page.GoAsync(path);
        return page;
    }

    /// <summary>Takes Redis away.</summary>
    public async Task StopRedisAsync() => await Redis.DisposeAsync();

    /// <summary>Brings an empty Redis back on the same port.</summary>
    public async Task StartRedisAsync() => Redis = await RedisServer.StartAsync(RedisKind.Garnet, Redis.Port);

    public async ValueTask DisposeAsync()
    {
        await _browser.DisposeAsync();
        _playwright.Dispose();
        await Seed.DisposeAsync();
        await App.DisposeAsync();
        await Redis.DisposeAsync();
    }
}
