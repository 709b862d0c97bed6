using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Microsoft.Playwright;
using VoiceBridge.Dashboard;
using VoiceBridge.Testing;
using VoiceBridge.Testing.Clusters;

namespace VoiceBridge.System.Tests.Dashboard;

/// <summary>The dashboard over an embedded Redis with a made-up cluster in it, for what real calls are too few or too well for, and a real Chromium to look at it.</summary>
internal sealed class DashboardInChromium : IAsyncDisposable
{
    private const string ClusterName = "dashboard-tests";
    private readonly Chromium _chromium;

    private DashboardInChromium(RedisServer redis, WebApplication app, ClusterSeed seed, Chromium chromium)
    {
        (Redis, App, Seed, _chromium) = (redis, app, seed, chromium);
        Url = app.Urls.First();
    }

    public static bool HasChromium => Chromium.Executable is not null;

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
        // The dashboard reads a day's counters once, at its start.
        var seed = new ClusterSeed(app.Services, new SampleCluster(DateTimeOffset.UtcNow, calls, gateways), ClusterName);
        await seed.WriteAsync(ct);
        await app.StartAsync(ct);
        return new DashboardInChromium(redis, app, seed, await Chromium.StartAsync());
    }

    /// <summary>A page of its own, with everything written down that should not happen.</summary>
    public Task<WatchedPage> OpenAsync(string path, int width = 1440, ColorScheme scheme = ColorScheme.Light) => _chromium.OpenAsync(Url, path, width, scheme);

    /// <summary>Takes Redis away.</summary>
    public async Task StopRedisAsync() => await Redis.DisposeAsync();

    /// <summary>Brings an empty Redis back on the same port.</summary>
    public async Task StartRedisAsync() => Redis = await RedisServer.StartAsync(RedisKind.Garnet, Redis.Port);

    public async ValueTask DisposeAsync()
    {
        await _chromium.DisposeAsync();
        await Seed.DisposeAsync();
        await App.DisposeAsync();
        await Redis.DisposeAsync();
    }
}
