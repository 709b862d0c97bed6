using System.Net;
using System.Text.Json;
using VoiceBridge.Cluster.Gateways;
using VoiceBridge.Local;
using VoiceBridge.Simulator;
using VoiceBridge.System.Tests.Failures;
using VoiceBridge.System.Tests.Harness;
using VoiceBridge.Testing;

namespace VoiceBridge.System.Tests.Dashboard;

/// <summary>What the first screen says in the worst nights, one after the other on one system.</summary>
public sealed class ScenesTests
{
    private const string Key = "scenes";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task First_line_says_whether_callers_are_served_and_the_past_says_why_not()
    {
        await using var system = await LocalSystem.StartAsync(
            Crowd.InProcesses(new LocalOptions { Gateways = 2, Controls = 1, ClusterName = RedisServers.UniqueName(), Log = new TestLog() })
                .With(("Admission:RingSeconds", "3"), ("VoiceLive:ConnectSeconds", "1"), ("Recovery:Seconds", "4"), ("Ops:ApiKeys:0", Key)),
            Ct);
        using var http = new HttpClient { BaseAddress = system.Dashboard };
        http.DefaultRequestHeaders.Add("X-Api-Key", Key);
        await SaysAsync(http, "Callers are served");

        // Voice Live refuses.
        system.Azure!.Options.VoiceLive.Refuse = HttpStatusCode.TooManyRequests;
        await Crowd.Place(system, 1, CallerScript.Silent)[0].OverAsync();
        var refused = await SaysAsync(http, "No new caller gets an agent");
        Assert.Equal("critical", refused.GetProperty("verdict").GetProperty("severity").GetString());
        AssertHappened(refused, "sessions_refused");
        system.Azure.Options.VoiceLive.Refuse = null;
        // It is over when a caller hears the agent. The endpoint is avoided for some seconds still.
        await Eventually.True(
            async () =>
            {
                var call = Crowd.Place(system, 1, CallerScript.Start.WaitForAgent().HangUp())[0];
                await call.OverAsync();
                return call.Stats.AgentTurns > 0;
            },
            Systems.Deadline, "a caller to hear the agent");
        await SaysAsync(http, "Callers are served");
        var before = Failed(await UntilAsync(http, report => Failed(report) > 0, "the refused caller to count as failed"));

        // All gateways drain, and somebody rings.
        await OrderAsync(system, GatewayOrder.Drain);
        await SaysAsync(http, "No new caller is served: all 2 gateways are draining.");
        await Crowd.Place(system, 1, CallerScript.Silent)[0].OverAsync();
        var draining = await UntilAsync(http, report => Has(report, "callers_refused"), "a caller who was turned away");
        AssertHappened(draining, "drain_ordered");
        await OrderAsync(system, GatewayOrder.Undrain);
        await SaysAsync(http, "Callers are served");

        // One gateway dies under a call, then the other.
        system.Azure.Options.Acs.MediaReconnect = MediaReconnect.StartResumes;
        var caller = Crowd.Place(system, 1, CallerScript.Conversation(1_000))[0];
        await caller.HeardAsync(1);
        var holder = (await system.RecordAsync(caller, record => record.GatewayId is not null)).GatewayId;
        var victim = system.Gateways.Single(gateway => system.GatewayId(gateway.Name) == holder);
        await victim.KillAsync();
        var died = await UntilAsync(http, report => Has(report, "gateway_died"), "a gateway that died");
        Assert.Contains(Texts(died, "events"), text => text == $"{victim.Name} died with 1 call.");
        Assert.StartsWith("Callers are served", Headline(died), StringComparison.Ordinal);
        Assert.Equal("dead", died.GetProperty("gateways").EnumerateArray().Single(gateway => gateway.GetProperty("gatewayId").GetString() == system.GatewayId(victim.Name)).GetProperty("state").GetString());
        await system.RecordAsync(caller, record => record.GatewayId != system.GatewayId(victim.Name));
        await system.Gateways.Single(gateway => gateway.Running).KillAsync();
        await SaysAsync(http, "No caller is served: no gateway is alive.");
        await caller.OverAsync();
        await UntilAsync(http, report => Failed(report) == before + 1 && Texts(report, "events").Contains("1 call failed: media lost."), "the caller who was cut off to count as failed");
        await system.AddGatewayAsync(Ct);
        await SaysAsync(http, "Callers are served");

        // Redis is emptied, then away.
        await system.FlushRedisAsync();
        var emptied = await UntilAsync(http, report => Has(report, "redis_emptied"), "Redis to have been emptied");
        Assert.NotEqual(JsonValueKind.Null, emptied.GetProperty("emptiedAt").ValueKind);
        await SaysAsync(http, "Callers are served");
        system.StopRedis();
        var away = await SaysAsync(http, "Redis does not answer");
        Assert.Equal("stale", away.GetProperty("health").GetString());
        system.RestartRedis();
        AssertHappened(await UntilAsync(http, report => Has(report, "redis_back"), "Redis to be back"), "redis_back");
        await SaysAsync(http, "Callers are served");
    }

    private static async Task OrderAsync(LocalSystem system, GatewayOrder order)
    {
        foreach (var gateway in system.Gateways) await system.Cluster.Gateways.OrderAsync(system.GatewayId(gateway.Name), order, Ct);
    }

    private static Task<JsonElement> SaysAsync(HttpClient http, string headline) =>
        UntilAsync(http, report => Headline(report).StartsWith(headline, StringComparison.Ordinal), $"the first line to say \"{headline}\"");

    private static async Task<JsonElement> UntilAsync(HttpClient http, Func<JsonElement, bool> wanted, string what)
    {
        var last = "nothing";
        var found = default(JsonElement);
        await Eventually.True(
            async () =>
            {
                using var response = await http.GetAsync(new Uri("/api/cluster", UriKind.Relative), Ct);
                if (!response.IsSuccessStatusCode) return false;
                found = JsonElement.Parse(await response.Content.ReadAsStringAsync(Ct));
                last = $"{Headline(found)} [{string.Join(" ", Texts(found, "events"))}] [{string.Join(" ", Texts(found, "alerts"))}]";
                return wanted(found);
            },
            Systems.Deadline, what, () => last);
        return found;
    }

    private static long Failed(JsonElement report) => report.GetProperty("lastHour").GetProperty("failed").GetInt64();

    private static string Headline(JsonElement report) => report.GetProperty("verdict").GetProperty("headline").GetString() ?? "";

    private static IEnumerable<string> Texts(JsonElement report, string list) => report.GetProperty(list).EnumerateArray().Select(entry => entry.GetProperty("text").GetString() ?? "");

    private static bool Has(JsonElement report, string kind) => report.GetProperty("events").EnumerateArray().Any(entry => entry.GetProperty("kind").GetString() == kind);

    private static void AssertHappened(JsonElement report, string kind) => Assert.True(Has(report, kind), string.Join(" ", Texts(report, "events")));
}
