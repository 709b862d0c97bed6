using System.Text.Json;
using VoiceBridge.MediaGateway.Calls.Facts;
using VoiceBridge.MediaGateway.Tests.Fakes;
using VoiceBridge.Testing;

namespace VoiceBridge.MediaGateway.Tests.Calls;

public sealed class CallTests
{
    private static readonly string TwoSeconds = Convert.ToBase64String(new byte[96_000]);

    [Fact]
    public async Task Call_CarriesAudioBothWays_AndLeavesNothing()
    {
        await using var gateway = await TestGateway.StartAsync();
        gateway.VoiceLive.Mute = true;
        await using var caller = await gateway.CallAsync();
        var session = await gateway.VoiceLive.SessionAsync();
        for (var i = 0; i < 20; i++)
            await caller.SayAsync(i);
        await session.CreatedAsync();
        await Eventually.True(() => session.Types.Contains("session.update"), what: "session.update");
        Assert.Empty(session.Audio);
        await session.UpdatedAsync();
        await Eventually.True(() => session.Audio.Count == 20, what: "the held audio");
        for (var i = 20; i < 50; i++)
            await caller.SayAsync(i);
        await caller.SendAsync("""{"kind":"AudioData","audioData":{"data":null,"silent":true}}""");
        await caller.SendAsync("""{"kind":"DtmfData","dtmfData":{"data":"5"}}""");
        await Eventually.True(() => session.Audio.Count == 51, what: "all audio");
        Assert.Equal(Enumerable.Range(0, 50).Select(FakeCaller.Frame), session.Audio.Take(50));
        Assert.Equal(new byte[960], Convert.FromBase64String(session.Audio[50]));
        Assert.Equal(["session.update", "test.opening"], session.Types.Take(2));
        Assert.Equal("secret", session.Key);
        Assert.Equal("?api-version=2026-07-15&model=gpt-realtime", session.Query);

        for (var i = 0; i < 10; i++)
            await session.SpeakAsync("resp_1", "item_1", FakeCaller.Frame(i));
        await Eventually.True(() => caller.Heard.Count == 10, what: "the agent's audio");
        Assert.Equal(Enumerable.Range(0, 10).Select(FakeCaller.Frame), caller.Heard);

        await caller.HangUpAsync();
        await gateway.NothingIsLeftAsync();
        Assert.Equal(["SessionCreated", "SessionUpdated", "dtmf 5", "ended caller_hung_up"], Assert.Single(gateway.Agents.Made).Log);
        Assert.Empty(gateway.Asked);
    }

    [Fact]
    public async Task BargeIn_StopsTheAgentAtOnce_AndNothingOfThatResponseComesAfter()
    {
        await using var gateway = await TestGateway.StartAsync();
        await using var caller = await gateway.CallAsync();
        var session = await gateway.VoiceLive.SessionAsync();
        await Eventually.True(() => session.Types.Contains("test.opening"), what: "the opening");
        await session.SendAsync("""{"type":"response.created","response":{"id":"resp_1","status":"in_progress"}}""");
        await session.SpeakAsync("resp_1", "item_1", TwoSeconds);
        await session.SpeakAsync("resp_1", "item_1", TwoSeconds);
        await session.SpeechStartedAsync();
        await session.SpeakAsync("resp_1", "item_1", TwoSeconds);
        await session.SpeakAsync("resp_2", "item_2", FakeCaller.Frame(7));
        await Eventually.True(() => caller.Heard.Contains(FakeCaller.Frame(7)), what: "the next response");

        Assert.Equal([TwoSeconds, TwoSeconds, "stop", FakeCaller.Frame(7)], caller.Heard);
        await Eventually.True(() => session.Types.Contains("conversation.item.truncate"), what: "the truncation");
        var truncation = JsonDocument.Parse(session.Received.Last(json => json.Contains("truncate", StringComparison.Ordinal))).RootElement;
        Assert.Equal("item_1", truncation.GetProperty("item_id").GetString());
        Assert.InRange(truncation.GetProperty("audio_end_ms").GetInt32(), 0, 4_000);
        await Eventually.True(() => gateway.Agents.Made[0].Log.Contains("barge-in item_1"), what: "the agent's knowing");
    }

    [Fact]
    public async Task AgentThatMayNotBeInterrupted_SpeaksOn()
    {
        await using var gateway = await TestGateway.StartAsync();
        gateway.Agents.Interruptible = false;
        await using var caller = await gateway.CallAsync();
        var session = await gateway.VoiceLive.SessionAsync();
        await Eventually.True(() => session.Types.Contains("test.opening"), what: "the opening");
        await session.SpeakAsync("resp_1", "item_1", TwoSeconds);
        await session.SpeechStartedAsync();
        await session.SpeakAsync("resp_1", "item_1", FakeCaller.Frame(1));
        await Eventually.True(() => caller.Heard.Count == 2, what: "the rest of the greeting");
        Assert.Equal([TwoSeconds, FakeCaller.Frame(1)], caller.Heard);
    }

    [Fact]
    public async Task LostSession_IsReplaced_WithWhatWasSaid_AndTheCallersAudio()
    {
        await using var gateway = await TestGateway.StartAsync();
        await using var caller = await gateway.CallAsync();
        var first = await gateway.VoiceLive.SessionAsync();
        await Eventually.True(() => first.Types.Contains("test.opening"), what: "the opening");
        first.Abort();
        var second = await gateway.VoiceLive.SessionAsync(1);
        await Eventually.True(() => second.Types.Contains("test.opening"), what: "the second opening");
        Assert.Contains("""{"type":"test.opening","resumed":true}""", second.Received);
        await caller.SayAsync(1);
        await Eventually.True(() => second.Audio.Contains(FakeCaller.Frame(1)), what: "audio in the second session");
        await second.SpeakAsync("resp_1", "item_1", FakeCaller.Frame(2));
        await Eventually.True(() => caller.Heard.Contains(FakeCaller.Frame(2)), what: "audio from the second session");
        await caller.HangUpAsync();
        await gateway.NothingIsLeftAsync();
    }

    [Fact]
    public async Task AudioOfALostSession_StillStopsWhenTheCallerSpeaks()
    {
        await using var gateway = await TestGateway.StartAsync();
        await using var caller = await gateway.CallAsync();
        var first = await gateway.VoiceLive.SessionAsync();
        await Eventually.True(() => first.Types.Contains("test.opening"), what: "the opening");
        for (var i = 0; i < 60; i++)
            await first.SpeakAsync("resp_1", "item_1", TwoSeconds);
        await Eventually.True(() => caller.Heard.Count == 60, what: "two minutes of audio");
        first.Abort();
        var second = await gateway.VoiceLive.SessionAsync(1);
        await Eventually.True(() => second.Types.Contains("test.opening"), what: "the second opening");
        await second.SpeechStartedAsync();
        await Eventually.True(() => caller.Heard[^1] == "stop", what: "the stop");
        Assert.DoesNotContain("conversation.item.truncate", second.Types);
    }

    [Fact]
    public async Task ExpiringSession_IsSwapped_WithoutALostFrame()
    {
        await using var gateway = await TestGateway.StartAsync();
        gateway.VoiceLive.Life = TimeSpan.FromSeconds(4);
        await using var caller = await gateway.CallAsync();
        var sent = 0;
        await Eventually.True(async () =>
        {
            await caller.SayAsync(sent++);
            return gateway.VoiceLive.Sessions.Count > 1 && gateway.VoiceLive.Sessions[1].Audio.Count > 10;
        }, what: "audio in the second session");

        await caller.HangUpAsync();
        await gateway.NothingIsLeftAsync();
        // The second session hears the last half second once more, lest the beginning of a word stays with the first.
        var frames = Enumerable.Range(0, sent).ToDictionary(FakeCaller.Frame);
        var (first, second) = (gateway.VoiceLive.Sessions[0].Audio.Select(frame => frames[frame]).ToList(), gateway.VoiceLive.Sessions[1].Audio.Select(frame => frames[frame]).ToList());
        Assert.Equal(Enumerable.Range(0, first.Count), first);
        Assert.Equal(Enumerable.Range(second[0], second.Count), second);
        Assert.InRange(second[0], first.Count - 25, first.Count);
        Assert.Equal("ended caller_hung_up", gateway.Agents.Made[0].Log[^1]);
    }

    [Fact]
    public async Task CallWithoutASession_IsHungUp_NotLeftInSilence()
    {
        await using var gateway = await TestGateway.StartAsync(("VoiceLive:ConnectSeconds", "1"));
        gateway.VoiceLive.Refuse = 503;
        await using var caller = await gateway.CallAsync();
        await Eventually.True(() => caller.Over, what: "the end of the call");
        await gateway.NothingIsLeftAsync();
        var (path, body) = Assert.Single(gateway.Asked);
        Assert.Equal("/calls/00000000000000000000000000000001/hangup", path);
        Assert.Equal("""{"callConnectionId":"call-connection-1","reason":"no_agent"}""", body.GetRawText());
    }

    [Fact]
    public async Task LostSession_IsReplaced_EvenWhenTheBudgetIsUsedUp()
    {
        await using var gateway = await TestGateway.StartAsync(("VoiceLive:Endpoints:0:ConnectionsPerMinute", "1"), ("VoiceLive:ConnectSeconds", "8"));
        await using var caller = await gateway.CallAsync();
        var session = await gateway.VoiceLive.SessionAsync();

        session.Abort();

        await Eventually.True(() => gateway.VoiceLive.Sessions.Count == 2, what: "the second session");
        Assert.False(caller.Over);
        // A new call keeps to the budget.
        await using var another = await gateway.CallAsync();
        await Eventually.True(() => another.Over, what: "the end of the call without a session");
        Assert.Equal(2, gateway.VoiceLive.Sessions.Count);
    }

    [Fact]
    public async Task LongestCall_IsEnded()
    {
        await using var gateway = await TestGateway.StartAsync(("Calls:MaxMinutes", "0.01"));
        await using var caller = await gateway.CallAsync();
        await Eventually.True(() => caller.Over, what: "the end of the call");
        await gateway.NothingIsLeftAsync();
        Assert.Equal("too_long", Assert.Single(gateway.Asked).Body.GetProperty("reason").GetString());
    }

    [Fact]
    public async Task AgentsEnd_HangsUpFirst_AndTransferIsAsked()
    {
        await using var gateway = await TestGateway.StartAsync();
        await using var caller = await gateway.CallAsync();
        await Eventually.True(() => gateway.Agents.Made.Count == 1, what: "the agent");
        var controls = gateway.Agents.Made[0].Controls;
        Assert.Null(await controls.TransferAsync("+18005550199", TestContext.Current.CancellationToken));
        controls.End(new CallEnd(CallEndReason.AgentEnded));
        await gateway.NothingIsLeftAsync();
        Assert.Equal(["transfer", "hangup"], gateway.Asked.Select(asked => asked.Path.Split('/')[^1]));
        Assert.Equal("+18005550199", gateway.Asked.First().Body.GetProperty("target").GetString());
    }

    [Fact]
    public async Task SocketThatSaysNothing_IsClosedAndCounted()
    {
        using var silent = new MetricCount("voicebridge.refusals", "reason", "silent");
        await using var gateway = await TestGateway.StartAsync(("Media:FirstMessageMs", "300"));
        await using var caller = new FakeCaller();
        var ticket = gateway.Ticket();
        await caller.ConnectAsync(gateway.Socket("/acs/ws", $"ticket={gateway.Issue(ticket)}"),
            ("x-ms-call-correlation-id", ticket.CorrelationId), ("x-ms-call-connection-id", "call-connection-1"));

        await Eventually.True(() => caller.Over, what: "the end of the socket");
        await gateway.NothingIsLeftAsync();
        Assert.True(silent.Count >= 1);
    }

    [Theory, InlineData(2, false), InlineData(60, true)]
    public async Task WithoutTheCluster_ACallThatRangAWhileAgo_IsTakenForOneInProgress(int secondsAgo, bool resumed)
    {
        await using var gateway = await TestGateway.StartAsync();
        await using var caller = new FakeCaller();
        var ticket = gateway.Ticket() with { IssuedAt = DateTimeOffset.UtcNow.AddSeconds(-secondsAgo) };

        await caller.ConnectAsync(gateway.Socket("/acs/ws", $"ticket={gateway.Issue(ticket)}"),
            ("x-ms-call-correlation-id", ticket.CorrelationId), ("x-ms-call-connection-id", "call-connection-1"));

        await Eventually.True(() => gateway.Agents.Made.Count == 1, what: "the agent");
        Assert.Equal(resumed, gateway.Agents.Made[0].Controls.Facts.Resumed);
    }

    [Fact]
    public async Task TransferThatTakesTheCallAwayBeforeItIsAnswered_IsTheCallsEnd()
    {
        await using var gateway = await TestGateway.StartAsync();
        var answer = new TaskCompletionSource();
        gateway.Answer = answer.Task;
        await using var caller = await gateway.CallAsync();
        await Eventually.True(() => gateway.Agents.Made.Count == 1, what: "the agent");
        var agent = gateway.Agents.Made[0];
        var asking = agent.Controls.TransferAsync("+18005550199", TestContext.Current.CancellationToken);
        await Eventually.True(() => !gateway.Asked.IsEmpty, what: "the transfer being asked for");

        caller.Abort();
        await Eventually.True(() => agent.Log.Any(entry => entry.StartsWith("ended", StringComparison.Ordinal)), what: "the end of the call");
        answer.SetResult();

        Assert.Equal("ended transferred", agent.Log[^1]);
        Assert.Null(await asking);
    }

    [Fact]
    public async Task TransferThatIsRefused_DoesNotUndoOneThatWasTaken()
    {
        await using var gateway = await TestGateway.StartAsync();
        await using var caller = await gateway.CallAsync();
        await Eventually.True(() => gateway.Agents.Made.Count == 1, what: "the agent");
        var agent = gateway.Agents.Made[0];
        Assert.Null(await agent.Controls.TransferAsync("+18005550199", TestContext.Current.CancellationToken));

        gateway.Status = 409;
        Assert.NotNull(await agent.Controls.TransferAsync("+18005550199", TestContext.Current.CancellationToken));
        caller.Abort();

        await Eventually.True(() => agent.Log is [.., "ended transferred"], what: "the end of the call, by the first transfer");
    }

    [Fact]
    public async Task OneCallersGarbageFloodAndAbort_AreNobodyElses()
    {
        await using var gateway = await TestGateway.StartAsync();
        await using var good = await gateway.CallAsync();
        await Eventually.True(() => gateway.VoiceLive.Sessions.Count == 1, what: "the first session");
        await using var garbage = await gateway.CallAsync();
        await using var flood = await gateway.CallAsync();
        await using var gone = await gateway.CallAsync();
        await SendUntilOverAsync(garbage, "garbage", 200);
        await SendUntilOverAsync(flood, """{"kind":"Nothing"}""", 100_000);
        gone.Abort();
        await Eventually.True(() => gateway.Connections.ActiveConnections == 1, what: "only the good call left");
        var session = gateway.VoiceLive.Sessions[0];
        for (var i = 0; i < 20; i++)
            await good.SayAsync(i);
        await Eventually.True(() => session.Audio.Count == 20, what: "the good call's audio");
        Assert.Equal(Enumerable.Range(0, 20).Select(FakeCaller.Frame), session.Audio);
    }

    [Fact]
    public async Task Drain_HandsCallsOver_WithoutHangingUp()
    {
        await using var gateway = await TestGateway.StartAsync();
        await using var caller = await gateway.CallAsync();
        await Eventually.True(() => gateway.Agents.Made.Count == 1, what: "the agent");
        await gateway.App.StopAsync(TestContext.Current.CancellationToken);
        await Eventually.True(() => caller.Over, what: "the media socket's end");
        await gateway.NothingIsLeftAsync();
        Assert.Empty(gateway.Asked);
        Assert.Contains("ended drained", gateway.Agents.Made[0].Log);
    }

    [Fact]
    public async Task RealAgent_IsConfiguredAndGreets()
    {
        await using var gateway = await TestGateway.StartAsync(("Agents:default:Instructions", "Be kind."), ("Agents:default:Greeting:Text", "Hello there."));
        await using var caller = await gateway.CallAsync();
        var session = await gateway.VoiceLive.SessionAsync();
        await Eventually.True(() => session.Types.Contains("response.create"), what: "the greeting");
        Assert.Contains("Be kind.", session.Received[0], StringComparison.Ordinal);
        Assert.Contains("Hello there.", session.Received.Single(json => json.Contains("response.create", StringComparison.Ordinal)), StringComparison.Ordinal);
        await session.SpeakAsync("resp_1", "item_1", FakeCaller.Frame(1));
        await Eventually.True(() => caller.Heard.Count == 1, what: "the agent's voice");
        await caller.HangUpAsync();
        await gateway.NothingIsLeftAsync();
    }

    [Fact]
    public async Task Browser_TalksInSamples()
    {
        await using var gateway = await TestGateway.StartAsync(("Web:AllowedOrigins:0", "https://talk.example"));
        await using var caller = new FakeCaller();
        await caller.ConnectAsync(gateway.Socket("/web/ws", $"ticket={gateway.Issue(gateway.Ticket("web"))}"), ("Origin", "https://talk.example"));
        var session = await gateway.VoiceLive.SessionAsync();
        var samples = Convert.FromBase64String(FakeCaller.Frame(3));
        await caller.SendAsync(samples);
        await Eventually.True(() => session.Audio.Count == 1, what: "the browser's audio");
        Assert.Equal(FakeCaller.Frame(3), session.Audio[0]);
        await Eventually.True(() => session.Types.Contains("test.opening"), what: "the opening");
        await session.SpeakAsync("resp_1", "item_1", TwoSeconds);
        await session.SpeechStartedAsync();
        await Eventually.True(() => caller.Texts.Contains("""{"type":"stop_audio"}"""), what: "stop_audio");
        Assert.Equal(Convert.FromBase64String(TwoSeconds), Assert.Single(caller.Binaries));

        await session.SpeakAsync("resp_2", "item_2", TwoSeconds);
        await Eventually.True(() => caller.Binaries.Count == 2, what: "the next response");
        await caller.SendAsync("""{"type":"interrupt"}""");
        await Eventually.True(() => session.Types.Contains("response.cancel"), what: "the interruption by hand");
        Assert.Equal(2, caller.Texts.Count(text => text == """{"type":"stop_audio"}"""));
        gateway.Agents.Made[0].Controls.End(new CallEnd(CallEndReason.AgentEnded));
        await Eventually.True(() => caller.Over, what: "the end");
        Assert.Contains("""{"type":"ended","reason":"agent_ended"}""", caller.Texts);
        await gateway.NothingIsLeftAsync();
    }

    [Fact]
    public async Task Browser_CannotNameAPhoneCall()
    {
        await using var gateway = await TestGateway.StartAsync(("Web:AllowedOrigins:0", "https://talk.example"));
        await using var caller = new FakeCaller();
        await caller.ConnectAsync(gateway.Socket("/web/ws", $"ticket={gateway.Issue(gateway.Ticket("web"))}"),
            ("Origin", "https://talk.example"), ("x-ms-call-connection-id", "victim-connection-1"));
        await Eventually.True(() => gateway.Agents.Made.Count == 1, what: "the agent");
        await gateway.Agents.Made[0].Controls.TransferAsync("+14255550111", TestContext.Current.CancellationToken);
        var (path, body) = Assert.Single(gateway.Asked);
        Assert.EndsWith("/transfer", path, StringComparison.Ordinal);
        Assert.Equal(JsonValueKind.Null, body.GetProperty("callConnectionId").ValueKind);
    }

    [Fact]
    public async Task BrowserCall_EndsWithItsTicket()
    {
        await using var gateway = await TestGateway.StartAsync(("Web:AllowedOrigins:0", "https://talk.example"));
        await using var caller = new FakeCaller();
        var ticket = gateway.Ticket("web") with { ExpiresAt = DateTimeOffset.UtcNow.AddSeconds(3) };
        await caller.ConnectAsync(gateway.Socket("/web/ws", $"ticket={gateway.Issue(ticket)}"), ("Origin", "https://talk.example"));
        await caller.SendAsync(new byte[960]);
        await Eventually.True(() => caller.Over, what: "the end of the call");
        // A ticket's end is in whole seconds, and the goodbye comes a little before it.
        Assert.True(DateTimeOffset.UtcNow >= ticket.ExpiresAt.AddSeconds(-2));
        Assert.Contains("""{"type":"ended","reason":"too_long"}""", caller.Texts);
        await gateway.NothingIsLeftAsync();
    }

    [Fact]
    public async Task SecondSocketOfACall_EndsTheFirst_WhereNoOtherSlotIsFree()
    {
        await using var gateway = await TestGateway.StartAsync(("Gateway:MaxConnections", "1"));
        var ticket = gateway.Ticket();
        await using var first = await gateway.CallAsync(ticket);
        await Eventually.True(() => gateway.Agents.Made.Count == 1, what: "the first agent");
        await using var second = await gateway.CallAsync(ticket);
        await Eventually.True(() => first.Over, what: "the end of the first socket");
        await Eventually.True(() => gateway.Agents.Made.Count == 2, what: "the second agent");
        Assert.False(second.Over);
        Assert.Equal(1, gateway.Connections.ActiveConnections);
        await Eventually.True(() => gateway.Agents.Made[0].Log.Contains("ended superseded"), what: "the reason");
        await second.HangUpAsync();
        await gateway.NothingIsLeftAsync();
    }

    private static async Task SendUntilOverAsync(FakeCaller caller, string text, int most)
    {
        try
        {
            for (var i = 0; i < most && !caller.Over; i++)
                await caller.SendAsync(text);
        }
        catch (Exception exception) when (exception is System.Net.WebSockets.WebSocketException or IOException or InvalidOperationException)
        {
            // Closed by the gateway.
        }
        await Eventually.True(() => caller.Over, what: "the gateway's refusal");
    }
}
