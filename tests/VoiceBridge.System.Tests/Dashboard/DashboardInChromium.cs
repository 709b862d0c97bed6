using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Playwright;
using VoiceBridge.Cluster.Calls;
using VoiceBridge.Cluster.Transcripts;
using VoiceBridge.Dashboard;
using VoiceBridge.History.Records;
using VoiceBridge.History.Webhooks;
using VoiceBridge.Testing;
using VoiceBridge.Testing.Clusters;

namespace VoiceBridge.System.Tests.Dashboard;

/// <summary>The dashboard over an embedded Redis with a made-up cluster in it, and a real Chromium to look at it.</summary>
internal sealed class DashboardInChromium : IAsyncDisposable
{
    private const string ClusterName = "dashboard-tests";
    private static readonly Uri Receiver = new("https://crm.example/hooks/calls");
    private readonly Chromium _chromium;
    private readonly DirectoryInfo _folder;

    private DashboardInChromium(RedisServer redis, WebApplication app, ClusterSeed seed, DirectoryInfo folder, Chromium chromium)
    {
        (Redis, App, Seed, _folder, _chromium) = (redis, app, seed, folder, chromium);
        Url = app.Urls.First();
    }

    /// <summary>A call that only the history knows.</summary>
    public static string KeptCallId { get; } = "kept" + new string('0', 28);

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
        var folder = Directory.CreateTempSubdirectory("voicebridge-dashboard-");
        var app = DashboardApp.Create(["--environment", "Development"], builder =>
        {
            var all = TestSettings.Of(redis.ConnectionString);
            all["Cluster:Name"] = ClusterName;
            all["Webhooks:Receivers:crm:Url"] = Receiver.ToString();
            all["ConnectionStrings:history"] = $"Data Source={Path.Combine(folder.FullName, "history.db")}";
            foreach (var (name, value) in settings ?? new Dictionary<string, string?>()) all[name] = value;
            builder.Configuration.AddInMemoryCollection(all);
            builder.WebHost.UseUrls("http://127.0.0.1:0");
            builder.Logging.ClearProviders();
        });
        // The dashboard reads a day's history once, at its start.
        var sample = new SampleCluster(DateTimeOffset.UtcNow, calls, gateways);
        var seed = new ClusterSeed(app.Services, sample, ClusterName);
        await seed.WriteAsync(ct);
        await WriteHistoryAsync(app.Services.GetRequiredService<CallArchive>(), sample, ct);
        await FailWebhooksAsync(app.Services.GetRequiredService<WebhookOutbox>(), ct);
        await app.StartAsync(ct);
        return new DashboardInChromium(redis, app, seed, folder, await Chromium.StartAsync());
    }

    /// <summary>Two hundred calls of the last ten days, the latest with what was said.</summary>
    private static Task WriteHistoryAsync(CallArchive archive, SampleCluster sample, CancellationToken ct)
    {
        var calls = sample.Ended(200).Select((call, i) => call with
        {
            CallId = i == 0 ? KeptCallId : $"kept{i:x28}",
            RangAt = call.RangAt.AddHours(-3 * i), AnsweredAt = call.AnsweredAt?.AddHours(-3 * i), ConnectedAt = call.ConnectedAt?.AddHours(-3 * i), EndedAt = call.EndedAt?.AddHours(-3 * i),
        });
        Turn[] turns = [new(sample.Now, "agent", "Hello, how can I help you today?"), new(sample.Now.AddSeconds(3), "caller", "My invoice is wrong.")];
        return archive.WriteAsync([.. calls.Select((call, i) => new FinishedCall(call, [new CallEvent(call.RangAt, "rang", "The phone rang.")], i == 0 ? turns : []))], ct);
    }

    /// <summary>A receiver that has refused five events and given up two.</summary>
    private static async Task FailWebhooksAsync(WebhookOutbox queue, CancellationToken ct)
    {
        await queue.AnnounceAsync("crm", Receiver, ct);
        foreach (var (i, webhook) in (await queue.TakeAsync("crm", Receiver, 7, TimeSpan.FromMinutes(1), false, ct)).Index())
            await queue.FailAsync(webhook, i < 5 ? "answered 503" : "no answer within 15 s", i < 5 ? DateTimeOffset.UtcNow.AddMinutes(i) : null, ct);
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
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        _folder.Delete(recursive: true);
    }
}
