using VoiceBridge.Local;
using VoiceBridge.Simulator;
using VoiceBridge.System.Tests.Harness;
using VoiceBridge.Testing;

namespace VoiceBridge.System.Tests.Dashboard;

/// <summary>The dashboard of the whole running system: what happens on the phone is seen on the screen, and the screen can talk.</summary>
public sealed class LocalInChromiumTests(RedisServers servers)
{
    private const string NoChromium = "Chromium is not installed on this machine";
    private static readonly string Speech = Path.Combine(AppContext.BaseDirectory, "Dashboard", "microphone.wav");

    [Fact(Skip = NoChromium, SkipUnless = nameof(DashboardInChromium.HasChromium), SkipType = typeof(DashboardInChromium))]
    public async Task A_call_appears_its_words_grow_and_its_end_says_why()
    {
        await using var system = await Systems.StartAsync(servers, RedisKind.Garnet, options => options with { Dashboard = true, Gateways = 2 });
        await using var chromium = await Chromium.StartAsync();
        await using var page = await chromium.OpenAsync(Url(system), "/calls");

        var call = system.Azure!.PlaceCall(new CallPlan { From = "+33140000123", Script = CallerScript.Conversation(1).HangUp() });

        await page.Page.GetByText("+33140000123").First.ClickAsync();
        await page.Page.GetByText("order", new() { Exact = false }).First.WaitForAsync();
        await call.OverAsync();
        await page.Page.Locator(".page-head").GetByText("Agent ended").Or(page.Page.Locator(".page-head").GetByText("Caller hung up")).First.WaitForAsync();
        Assert.Empty(page.Complaints);
    }

    [Fact(Skip = NoChromium, SkipUnless = nameof(DashboardInChromium.HasChromium), SkipType = typeof(DashboardInChromium))]
    public async Task Every_page_of_the_running_system_is_free_of_violations_and_errors()
    {
        await using var system = await Systems.StartAsync(servers, RedisKind.Garnet, options => options with { Dashboard = true, Gateways = 2 });
        await using var chromium = await Chromium.StartAsync();
        var call = system.Azure!.PlaceCall(new CallPlan { Script = CallerScript.Silent });
        await call.HeardAsync(1);
        var record = await system.RecordAsync(call, r => r.GatewayId is not null);

        foreach (var path in (string[])["/", "/gateways", "/calls", $"/calls/{record.CallId}", "/talk"])
        {
            await using var page = await chromium.OpenAsync(Url(system), path);
            Assert.Empty(await page.AxeViolationsAsync());
            Assert.Empty(page.Complaints);
        }

        await call.HangUpAsync();
    }

    [Fact(Skip = NoChromium, SkipUnless = nameof(DashboardInChromium.HasChromium), SkipType = typeof(DashboardInChromium))]
    public async Task The_browser_talks_to_the_agent()
    {
        await using var system = await Systems.StartAsync(servers, RedisKind.Garnet, options => options with { Dashboard = true });
        await using var chromium = await Chromium.StartAsync($"--use-file-for-fake-audio-capture={Speech}");
        await using var page = await chromium.OpenAsync(Url(system), "/talk");

        await page.Page.GetByText("Start talking").ClickAsync();

        // The greeting is played by the page's worklet, loud enough to be speech.
        await page.Page.WaitForFunctionAsync("() => window.voiceBridgeTalk && window.voiceBridgeTalk.playedSamples > 12000 && window.voiceBridgeTalk.loudestPlayed > 0.05");
        // The microphone's words reach Voice Live, where somebody is heard to speak.
        await Eventually.True(
            () => system.Azure!.Sessions.Any(session => session.SentByType.ContainsKey("input_audio_buffer.speech_started")), Systems.Deadline, "the browser's voice at the agent");
        Assert.Contains(await system.Cluster.Connections.ListAsync(TestContext.Current.CancellationToken), connection => connection.Type == "web");

        await page.Page.GetByText("Hang up").ClickAsync();
        await page.Page.GetByText("Start talking").WaitForAsync();
        await system.EmptyAsync();
    }

    private static string Url(LocalSystem system) => system.Dashboard!.GetLeftPart(UriPartial.Authority);
}
