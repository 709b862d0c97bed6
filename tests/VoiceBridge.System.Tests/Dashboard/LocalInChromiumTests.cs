using VoiceBridge.Local;
using VoiceBridge.System.Tests.Harness;
using VoiceBridge.Testing;

namespace VoiceBridge.System.Tests.Dashboard;

/// <summary>The talk page of the whole running system.</summary>
public sealed class LocalInChromiumTests(RedisServers servers)
{
    private const string NoChromium = "Chromium is not installed on this machine";
    private static readonly string Speech = Path.Combine(AppContext.BaseDirectory, "Dashboard", "microphone.wav");

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
        await page.Page.GetByText("Ended after").WaitForAsync();
        await system.EmptyAsync();
    }

    private static string Url(LocalSystem system) => system.Dashboard!.GetLeftPart(UriPartial.Authority);
}
