using System.Net;
using System.Text.Json;
using Microsoft.Extensions.Configuration;
using VoiceBridge.Cluster.Calls;
using VoiceBridge.Cluster.Gateways;
using VoiceBridge.Dashboard;
using VoiceBridge.Local;
using VoiceBridge.Local.Web;
using VoiceBridge.Simulator;
using VoiceBridge.System.Tests.Failures;
using VoiceBridge.System.Tests.Harness;
using VoiceBridge.Testing;

namespace VoiceBridge.System.Tests.Dashboard;

/// <summary>A bad night, one scene after the other on one system: what the dashboard's first page says of each, and what it still knows afterwards.</summary>
public sealed class NightScenesTests(RedisServers servers)
{
    private const string Served = "Callers are served";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_first_page_says_whether_callers_are_served_and_why_not()
    {
        Assert.NotNull(servers);
        var redis = await RedisServer.StartAsync(RedisKind.Garnet);
        try
        {
            await using var system = await Systems.StartAsync(redis, options => (Crowd.InProcesses(options) with { Gateways = 2, Dashboard = true, ConnectionsPerGateway = 20 }).With(
                ("Recovery:Seconds", "8"), ("Admission:RingSeconds", "2"), ("VoiceLive:ConnectSeconds", "2"), ("Drain:Seconds", "60")));
            using var screen = new Screen(system.Dashboard!);
            var crowd = await Crowd.TalkingAsync(system, 4);
            await screen.UntilAsync("info", Served, now => Screen.Figures(now).GetProperty("answered").GetInt32() == 4);

            await OneGatewayIsKilledAsync(system, screen);
            await Crowd.HearingAsync(crowd.Calls);
            await VoiceLiveRefusesAsync(system, screen);
            await AllGatewaysDrainAsync(system, screen);
            var port = redis.Port;
            await redis.DisposeAsync();
            await RedisIsAwayAsync(screen);
            redis = await RedisServer.StartAsync(RedisKind.Garnet, port);
            await RedisIsBackAndEmptyAsync(screen);
            await AllGatewaysAreKilledAsync(system, screen, crowd);
            await TheDashboardIsStartedAnewAsync(system, redis);
            await system.AddGatewayAsync(Ct);
            await Crowd.Place(system, 1, CallerScript.Start.WaitForAgent())[0].HeardAsync(1);
            await screen.UntilAsync("info", Served, now => Screen.Texts(now, "alerts").Any(text => text.Contains(" failed in the last 5 minutes", StringComparison.Ordinal) && text.Contains("Over since", StringComparison.Ordinal)));
        }
        finally
        {
            await redis.DisposeAsync();
        }
    }

    private static async Task OneGatewayIsKilledAsync(LocalSystem system, Screen screen)
    {
        await system.Gateways[0].KillAsync();

        var after = await screen.UntilAsync("info", Served, now => Screen.Texts(now, "events").Any(text => text.StartsWith("gateway-1 died with ", StringComparison.Ordinal)));

        Assert.Equal(["gateway-1"], Screen.Gateways(after, "dead"));
        Assert.Contains(Screen.Texts(after, "alerts"), text => text.StartsWith("gateway-1 died", StringComparison.Ordinal));
    }

    private static async Task VoiceLiveRefusesAsync(LocalSystem system, Screen screen)
    {
        system.Azure!.Options.VoiceLive.Refuse = HttpStatusCode.TooManyRequests;
        var cut = Crowd.Place(system, 1, CallerScript.Start.WaitForAgent())[0];

        var during = await screen.UntilAsync("critical", "No new caller gets an agent", now => Screen.Figures(now).GetProperty("failed").GetInt32() == 1);

        Assert.True(Screen.Figures(during).GetProperty("answerRate").GetDouble() < 1);
        Assert.Equal("no_agent", (await system.RecordAsync(cut, record => record.State == CallState.Ended)).EndReason);
        system.Azure.Options.VoiceLive.Refuse = null;
        // Until the gateway's pause is over the next callers are not served either.
        await Eventually.True(
            async () =>
            {
                var next = Crowd.Place(system, 1, CallerScript.Start.WaitForAgent().HangUp())[0];
                await next.OverAsync();
                return next.Stats.AgentTurns > 0;
            },
            Systems.Deadline, "a caller to hear the agent again");
        await screen.UntilAsync("info", Served);
    }

    private static async Task AllGatewaysDrainAsync(LocalSystem system, Screen screen)
    {
        var id = system.GatewayId(system.Gateways[1].Name);
        var before = Screen.Figures(await screen.ReadAsync()).GetProperty("busy").GetInt32();
        await system.Cluster.Gateways.OrderAsync(id, GatewayOrder.Drain, Ct);
        await screen.UntilAsync("critical", "No new caller is served: the only gateway is draining.");

        var turnedAway = Crowd.Place(system, 6, CallerScript.Start.WaitForAgent());
        foreach (var call in turnedAway) await call.OverAsync();
        var during = await screen.UntilAsync(
            "critical", "No new caller is served: the only gateway is draining.", now => Screen.Figures(now).GetProperty("busy").GetInt32() == before + turnedAway.Length);

        Assert.All(turnedAway, call => Assert.Equal(SimulatedCallState.Rejected, call.State));
        // Nobody waits longer than Admission:RingSeconds, and no figure says so.
        Assert.True(Screen.Figures(during).GetProperty("admissionWait").GetProperty("p99Ms").GetDouble() <= 2_000);
        var timeline = await system.Cluster.Calls.ListEventsAsync((await system.RecordAsync(turnedAway[0], record => record.State == CallState.Rejected)).CallId, Ct);
        Assert.Equal(["rang", "waited", "rejected"], timeline.Select(entry => entry.Kind));
        await system.Cluster.Gateways.OrderAsync(id, GatewayOrder.Undrain, Ct);
        await screen.UntilAsync("info", Served);
    }

    private static async Task RedisIsAwayAsync(Screen screen)
    {
        var stale = await screen.UntilAsync("warning", "Redis does not answer");
        Assert.Contains("New callers are answered until the last known free slots are used up", stale.GetProperty("verdict").GetProperty("detail").GetString()!, StringComparison.Ordinal);
    }

    private static async Task RedisIsBackAndEmptyAsync(Screen screen)
    {
        var after = await screen.UntilAsync(
            "info", Served, now => now.GetProperty("emptiedAt").ValueKind == JsonValueKind.String && Screen.Texts(now, "events").Any(text => text.StartsWith("Redis did not answer for ", StringComparison.Ordinal)));

        // What the dashboard had read is not forgotten with Redis.
        Assert.Contains(Screen.Texts(after, "events"), text => text.StartsWith("gateway-1 died", StringComparison.Ordinal));
        Assert.Equal(["gateway-1"], Screen.Gateways(after, "dead"));
        Assert.Single(Screen.Texts(after, "events"), text => text.StartsWith("Redis was emptied", StringComparison.Ordinal));
    }

    private static async Task AllGatewaysAreKilledAsync(LocalSystem system, Screen screen, Crowd crowd)
    {
        await using var browser = await WebCaller.StartAsync(system, "browser", Ct);
        await Eventually.True(() => browser.FramesHeard > 0, Systems.Deadline, "the browser to hear the agent");
        var failed = Screen.Figures(await screen.ReadAsync()).GetProperty("failed").GetInt32();

        await system.Gateways[1].KillAsync();

        var during = await screen.UntilAsync("critical", "No caller is served: no gateway is alive.", now => Screen.Gateways(now, "dead").Count == 2);
        Assert.Equal(JsonValueKind.String, during.GetProperty("verdict").GetProperty("since").ValueKind);
        foreach (var call in crowd.Calls) await call.OverAsync(Crowd.Patience);
        var after = await screen.UntilAsync(
            "critical", "No caller is served: no gateway is alive.",
            now => Screen.Figures(now).GetProperty("failed").GetInt32() == failed + crowd.Calls.Length && now.GetProperty("liveCalls").GetArrayLength() == 0);
        Assert.True(Screen.Figures(after).GetProperty("answerRate").GetDouble() < 1);
        // One banner for one cause: that sockets cannot be opened follows from it.
        Assert.DoesNotContain(Screen.Texts(after, "alerts"), text => text.Contains("cannot reach the media address", StringComparison.Ordinal));
    }

    /// <summary>Its own memory is gone; Redis has the past since it was emptied.</summary>
    private static async Task TheDashboardIsStartedAnewAsync(LocalSystem system, RedisServer redis)
    {
        await using var app = DashboardApp.Create(["--environment", "Development", "--urls", "http://127.0.0.1:0"], builder => builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["ConnectionStrings:redis"] = redis.ConnectionString,
            ["Cluster:Name"] = system.ClusterName,
        }));
        await app.StartAsync(Ct);
        using var screen = new Screen(new Uri(app.Urls.First()));

        var screenNow = await screen.UntilAsync("critical", "No caller is served: no gateway is alive.");

        Assert.Equal(["gateway-2"], Screen.Gateways(screenNow, "dead"));
        Assert.Contains(Screen.Texts(screenNow, "events"), text => text.StartsWith("gateway-2 died with ", StringComparison.Ordinal));
        await app.StopAsync(Ct);
    }
}
