using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using StackExchange.Redis;
using VoiceBridge.Cluster;
using VoiceBridge.Testing;
using VoiceBridge.Testing.Clusters;

namespace VoiceBridge.DashboardBench;

/// <summary>Sets a living cluster up, starts the dashboard, looks at its pages and measures.</summary>
internal sealed class DashboardRun(int calls, int gateways, TimeSpan window, int loads, string dll)
{
    private const string ClusterName = "bench";
    private const double FirstPaintAimMs = 2_000;
    private const double CpuAimPercent = 5;
    private static readonly string[] Paths = ["/", "/calls"];
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(4);
    private readonly List<string> _wrong = [];

    public async Task<Figures> MeasureAsync(CancellationToken cancel)
    {
        await using var redis = await RedisServer.StartAsync(RedisServer.Executable is null ? RedisKind.Garnet : RedisKind.Redis);
        await using var connection = await redis.ConnectAsync();
        var settings = TestSettings.Of(redis.ConnectionString);
        settings["Cluster:Name"] = ClusterName;
        await using var services = new ServiceCollection().AddLogging().AddSingleton<IConnectionMultiplexer>(connection)
            .AddCluster(new ConfigurationBuilder().AddInMemoryCollection(settings).Build()).BuildServiceProvider();
        await using var seed = new ClusterSeed(services, new SampleCluster(DateTimeOffset.UtcNow, calls, gateways), ClusterName);
        await seed.WriteAsync(cancel);
        var traffic = new Traffic(services, seed, calls, gateways);
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var flowing = traffic.RunAsync(enough.Token);

        var url = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{FreePort.Find()}"));
        var dashboard = await DashboardProcess.StartAsync(dll, url, settings, cancel);
        try
        {
            await using var browser = await Browser.StartAsync(url);
            var pages = await LoadAsync(browser);
            var open = await WatchAsync(browser, dashboard, cancel);
            var scrolled = await ScrollAsync(browser, traffic);

            var keysBefore = await KeysAsync(connection);
            var (window1, window2) = (await browser.OpenWindowAsync(), await browser.OpenWindowAsync());
            IPage[] watching = [(await browser.LoadAsync(window1, Paths[0])).Page, (await browser.LoadAsync(window2, Paths[1])).Page];
            await dashboard.StopAsync(cancel);
            dashboard.Dispose();
            var restarted = Stopwatch.GetTimestamp();
            dashboard = await DashboardProcess.StartAsync(dll, url, settings, cancel);
            foreach (var page in watching) await BackAsync(page);
            var back = Stopwatch.GetElapsedTime(restarted);

            await enough.CancelAsync();
            await flowing;
            await CheckClusterAsync(seed, keysBefore, await KeysAsync(connection), cancel);
            Judge(pages, open);
            return new Figures(redis.Kind.ToString(), calls, gateways, pages, open, scrolled.TotalMilliseconds, new RestartFigures(watching.Length, back.TotalMilliseconds), traffic.Ended, _wrong);
        }
        finally
        {
            dashboard.Dispose();
        }
    }

    private async Task<IReadOnlyList<PageFigures>> LoadAsync(Browser browser)
    {
        var pages = new List<PageFigures>();
        foreach (var path in Paths)
        {
            var cold = new List<PageLoad>();
            var warm = new List<PageLoad>();
            for (var load = 0; load <= loads; load++)
            {
                var window = await browser.OpenWindowAsync();
                var (page, first) = await browser.LoadAsync(window, path);
                cold.Add(first);
                await page.CloseAsync();
                warm.Add((await browser.LoadAsync(window, path)).Load);
                await window.CloseAsync();
            }

            pages.Add(new PageFigures(path, cold[0], PageLoad.MedianOf(cold[1..]), PageLoad.MedianOf(warm[1..])));
        }

        return pages;
    }

    private async Task<IReadOnlyList<OpenFigures>> WatchAsync(Browser browser, DashboardProcess dashboard, CancellationToken cancel)
    {
        var figures = new List<OpenFigures> { await MeasureOpenAsync("none", 0) };
        foreach (var path in Paths)
        {
            figures.Add(await MeasureOpenAsync(path, 1));
            figures.Add(await MeasureOpenAsync(path, 5));
        }

        // Once more without any: the first may have been measured while code was still being compiled.
        figures.Add(await MeasureOpenAsync("none", 0));
        return figures;

        async Task<OpenFigures> MeasureOpenAsync(string path, int count)
        {
            long received = 0;
            var windows = new List<IBrowserContext>();
            for (var i = 0; i < count; i++)
            {
                windows.Add(await browser.OpenWindowAsync());
                windows[^1].Page += (_, page) => page.WebSocket += (_, socket) => socket.FrameReceived += (_, frame) => Interlocked.Add(ref received, frame.Binary?.Length ?? frame.Text?.Length ?? 0);
                await browser.LoadAsync(windows[^1], path);
            }

            await Task.Delay(Settling, cancel);
            var (cpu, bytes, started) = (dashboard.Cpu, Interlocked.Read(ref received), Stopwatch.GetTimestamp());
            await Task.Delay(window, cancel);
            var elapsed = Stopwatch.GetElapsedTime(started);
            var result = new OpenFigures(
                path, count, (dashboard.Cpu - cpu) / elapsed * 100, dashboard.ResidentMiB,
                count == 0 ? 0 : (Interlocked.Read(ref received) - bytes) / 1024d / elapsed.TotalSeconds / count);
            foreach (var opened in windows) await opened.CloseAsync();
            return result;
        }
    }

    /// <summary>Scrolls the table of calls to its end; the row of the call that began first must come.</summary>
    private async Task<TimeSpan> ScrollAsync(Browser browser, Traffic traffic)
    {
        var window = await browser.OpenWindowAsync();
        var (page, _) = await browser.LoadAsync(window, "/calls");
        var started = Stopwatch.GetTimestamp();
        // Rows have the height that the page says they have, so one step arrives at the end.
        await page.Locator(".calls-scroll").EvaluateAsync("e => e.scrollTop = e.scrollHeight");
        await page.Locator($"tbody a[href^='/calls/{traffic.Oldest!.CallId}']").WaitForAsync();
        var took = Stopwatch.GetElapsedTime(started);
        var rows = await page.Locator("tbody a").CountAsync();
        if (rows > calls / 2 && calls > 200) _wrong.Add($"the table holds {rows} rows: it is not virtualized");
        await window.CloseAsync();
        return took;
    }

    /// <summary>A page is back when it shows a reading that is newer than the restart.</summary>
    private static async Task BackAsync(IPage page)
    {
        var now = await page.EvaluateAsync<string>("() => new Date().toTimeString().slice(0, 8)");
        await page.WaitForFunctionAsync(
            "now => document.querySelector('[data-live=true]') && [...document.querySelectorAll('.page-head .sub')].some(e => e.textContent.startsWith('live') && e.textContent.slice(-8) > now)", now);
    }

    private static async Task<IReadOnlyDictionary<string, string>> KeysAsync(ConnectionMultiplexer connection)
    {
        var server = connection.GetServers()[0];
        var keys = new Dictionary<string, string>();
        // Calls come and go all the time; what else there is stays what it was.
        await foreach (var key in server.KeysAsync(pattern: "*").Where(key => !key.ToString().Contains(":call:", StringComparison.Ordinal)))
        {
            var name = key.ToString();
            if (name.EndsWith(":turns", StringComparison.Ordinal) || name.EndsWith(":timeline", StringComparison.Ordinal) || name.Contains(":series:", StringComparison.Ordinal)) continue;
            keys[name] = name.EndsWith(":dashboard-keys", StringComparison.Ordinal)
                ? string.Join('\n', await connection.GetDatabase().ListRangeAsync(key))
                : (await connection.GetDatabase().KeyTypeAsync(key)).ToString();
        }

        return keys;
    }

    /// <summary>Redis must hold exactly the cluster that the traffic has made of it.</summary>
    private async Task CheckClusterAsync(ClusterSeed seed, IReadOnlyDictionary<string, string> before, IReadOnlyDictionary<string, string> after, CancellationToken cancel)
    {
        if (seed.MissedBeats > 0) _wrong.Add($"{seed.MissedBeats} heartbeats failed");
        var connections = (await seed.Connections.ListAsync(cancel)).Select(connection => connection.ConnectionId).ToHashSet();
        if (!connections.SetEquals(seed.Open.Select(connection => connection.ConnectionId))) _wrong.Add("Redis holds other connections than the gateways have");
        var alive = (await seed.Gateways.ListAsync(cancel)).Count(gateway => gateway.State is not (Cluster.Gateways.GatewayState.Suspect or Cluster.Gateways.GatewayState.Dead));
        if (alive != gateways) _wrong.Add($"{alive} of {gateways} gateways are alive");
        if (!before.OrderBy(key => key.Key, StringComparer.Ordinal).SequenceEqual(after.OrderBy(key => key.Key, StringComparer.Ordinal)))
            _wrong.Add($"keys before the restart: {string.Join(' ', before.Keys)}; after: {string.Join(' ', after.Keys)}");
    }

    private void Judge(IReadOnlyList<PageFigures> pages, IReadOnlyList<OpenFigures> open)
    {
        foreach (var page in pages.Where(page => Math.Max(page.Cold.FirstPaintMs, page.Warm.FirstPaintMs) > FirstPaintAimMs)) _wrong.Add($"{page.Path}: first paint after more than {FirstPaintAimMs} ms");
        foreach (var many in open.Where(figures => figures.Pages > 1 && figures.CpuPercentOfOne(open) > CpuAimPercent)) _wrong.Add($"{many.Path}: an open page takes more than {CpuAimPercent} % of a core");
    }
}
