using VoiceBridge.Cluster.Calls;
using VoiceBridge.System.Tests.Harness;
using VoiceBridge.Testing;

namespace VoiceBridge.System.Tests.Agents;

[Collection<AgentCalls>]
public sealed class BrowserTests(AgentSystem agents)
{
    [Fact]
    public async Task Browser_caller_talks_reads_along_and_hangs_up()
    {
        var ct = TestContext.Current.CancellationToken;
        await using var browser = await BrowserCaller.ConnectAsync(agents.System, "browser", "http://localhost");
        await Eventually.True(() => browser.Texts.Any(text => text["final"]?.GetValue<bool>() == true), Systems.Deadline, "the greeting's transcript");

        var greeting = browser.Texts.Last(text => (string?)text["type"] == "transcript");
        Assert.Equal(("agent", "Hello, this is VoiceBridge."), ((string?)greeting["speaker"], (string?)greeting["text"]));
        await Eventually.True(() => browser.BytesHeard > 24_000, Systems.Deadline, "the greeting's sound");
        await browser.SayAsync();
        await Eventually.True(
            () => browser.Texts.Any(text => (string?)text["speaker"] == "caller") && browser.Texts.Count(text => (string?)text["speaker"] == "agent" && (bool)text["final"]!) >= 2,
            Systems.Deadline, "an answer");
        await browser.SendAsync("""{"type":"hangup"}""");
        await Eventually.True(() => browser.Texts.Any(text => (string?)text["type"] == "ended"), Systems.Deadline, "the end");

        var record = await Eventually.Get(
            () => agents.System.Cluster.Calls.GetAsync(browser.CallId, ct), r => r is { State: CallState.Ended, Turns: >= 3 }, Systems.Deadline, "the record");
        Assert.Equal(("web", "caller_hung_up", "browser"), (record!.Type, record.EndReason, record.Agent));
    }

    [Fact]
    public async Task Page_of_a_strange_origin_is_turned_away() =>
        await Assert.ThrowsAsync<global::System.Net.WebSockets.WebSocketException>(
            () => BrowserCaller.ConnectAsync(agents.System, "browser", "https://elsewhere.example"));
}
