using System.Net;
using System.Net.Http.Headers;
using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using VoiceBridge.Simulator.Audio;
using VoiceBridge.Simulator.Tests.Bridge;

namespace VoiceBridge.Simulator.Tests.Twilio;

public sealed class TwilioTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Call_IsGreetedUnderstoodAndEnded_InMuLaw(bool escaped)
    {
        await using var bridge = await TwilioBridge.StartAsync(twilio => twilio.EscapedBase64 = escaped);
        var call = bridge.Call(CallerScript.Start.WaitForAgent().Say("Hi, where is my order?").WaitForAgent().HangUp());
        await Soon.Is(call.WhenEnded);

        Assert.Equal("caller hung up", call.EndReason);
        Assert.Equal(["Thank you for calling.", "Your order is on its way and should arrive tomorrow."], call.Heard.Select(h => h.Text));
        Assert.Equal(call.Mark, Assert.Single(bridge.Azure.Sessions).Mark);
        Assert.Equal((0, 0L), (call.Stats.InvalidMessages, call.Stats.FramesForeign));
        Assert.True(call.Stats.FramesOwn > 50);
        await Soon.Is(() => bridge.Told.Contains("completed"), "the end to be told");
        Assert.Equal(["completed", "stream-started", "stream-stopped"], bridge.Told.Order());
        var start = JsonDocument.Parse(bridge.Messages.First(m => m.Contains("\"start\"", StringComparison.Ordinal))).RootElement.GetProperty("start");
        Assert.Equal("t&1", start.GetProperty("customParameters").GetProperty("ticket").GetString());
        Assert.Equal(call.CorrelationId, start.GetProperty("callSid").GetString());
        Assert.Contains(bridge.Messages, m => m.Contains("\"mark\":{\"name\":\"m1\"}", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Clear_EmptiesTheBuffer_AndReturnsItsMarks()
    {
        await using var bridge = await TwilioBridge.StartAsync();
        var call = bridge.Call(CallerScript.Start
            .WaitForAgent().Say("Tell me a long story, please.").Interrupt(TimeSpan.FromSeconds(1), "No, wait, that is not what I meant.").WaitForAgent().HangUp());
        await Soon.Is(call.WhenEnded);

        Assert.Equal(1, call.Stats.Interruptions);
        Assert.Contains(call.Playout.Stops, s => s.DiscardedMilliseconds > 0);
        Assert.True(call.Heard[1].Interrupted);
        Assert.Equal("I am sorry, please go on.", call.Heard[2].Text);
        Assert.Equal(0, call.Twilio!.OutstandingMarks);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("a shared key")]
    public async Task WebhooksAndUpgrades_AreSigned(string? sharedKey)
    {
        await using var bridge = await TwilioBridge.StartAsync(twilio => twilio.SharedKey = sharedKey);
        var call = bridge.Call();
        await Soon.Is(() => call.MediaOpen, "the media socket");

        var (_, signature, form) = bridge.Requests.First(r => r.Path == "/voice");
        Assert.Equal(Sign(bridge.Twilio, $"{bridge.Address}voice", form), signature);
        Assert.Equal(Sign(bridge.Twilio, $"ws://{bridge.Address.Authority}/media/1", []), bridge.Upgrades.First());
        Assert.Equal(("ringing", call.Plan.From, call.Plan.To), (form["CallStatus"], form["From"], form["To"]));
    }

    [Theory]
    [InlineData("""<Response><Reject reason="busy"/></Response>""", SimulatedCallState.Rejected, "rejected: busy")]
    [InlineData("""<Response><Pause length="1"/><Reject/></Response>""", SimulatedCallState.MissedRinging, "rejected too late")]
    [InlineData("""<Response><Dial callerId="+14255550199"><Number>+14255550111</Number></Dial></Response>""", SimulatedCallState.Redirected, "redirected to +14255550111")]
    [InlineData("""<Response><Connect><Stream url="wss://127.0.0.1/media?ticket=1"/></Connect></Response>""", SimulatedCallState.MissedRinging, "the TwiML is wrong: 31922: the url of a Stream must have no query.")]
    [InlineData("""<Response><Connect><Stream url="ws://example.com/media"/></Connect></Response>""", SimulatedCallState.MissedRinging, "the TwiML is wrong: 31920: the url of a Stream must be wss.")]
    [InlineData("""<Response><Say>Hello</Say></Response>""", SimulatedCallState.MissedRinging, "the TwiML is wrong: 12200: Say is no verb.")]
    public async Task Answer_IsDoneToTheLetter(string twiml, SimulatedCallState state, string reason)
    {
        await using var bridge = await TwilioBridge.StartAsync();
        bridge.Voice.Clear();
        bridge.Voice.Enqueue(twiml);
        var call = bridge.Call();
        await Soon.Is(call.WhenEnded);
        Assert.Equal((state, reason), (call.State, call.EndReason));
    }

    [Fact]
    public async Task PauseAndRedirect_LetItRingOn()
    {
        await using var bridge = await TwilioBridge.StartAsync();
        bridge.Voice.Clear();
        bridge.Voice.Enqueue($"""<Response><Pause length="1"/><Redirect method="POST">{bridge.Address}voice</Redirect></Response>""");
        bridge.Voice.Enqueue(bridge.Connect);
        var call = bridge.Call();
        await Soon.Is(call.WhenAnswered);
        Assert.Equal(2, bridge.Requests.Count(r => r is { Path: "/voice" } && r.Form["CallStatus"] == "ringing"));
    }

    [Fact]
    public async Task SocketThatTheBridgeCloses_IsFollowedByTheNextVerb()
    {
        await using var bridge = await TwilioBridge.StartAsync();
        bridge.Next.Clear();
        bridge.Next.Enqueue(bridge.Connect);
        bridge.Next.Enqueue("<Response><Hangup/></Response>");
        var call = bridge.Call();
        await Soon.Is(() => call.MediaOpen, "the media socket");
        await bridge.CloseAsync(WebSocketCloseStatus.NormalClosure);
        await Soon.Is(() => call.Stats.MediaSockets == 2 && bridge.Sockets.Count == 1, "the next socket");
        await bridge.CloseAsync(WebSocketCloseStatus.NormalClosure);
        await Soon.Is(call.WhenEnded);
        Assert.Equal("hung up by the service", call.EndReason);
    }

    [Theory]
    [InlineData(AfterBreak.RestOfTwimlRuns)]
    [InlineData(AfterBreak.CallEnds)]
    [InlineData(AfterBreak.NothingUntilUpdate)]
    public async Task SocketThatBreaks_EndsAsItIsSet(AfterBreak mode)
    {
        await using var bridge = await TwilioBridge.StartAsync(twilio => twilio.AfterBreak = mode);
        var call = bridge.Call();
        await Soon.Is(() => call.MediaOpen, "the media socket");
        call.AbortMedia();
        await Soon.Is(() => bridge.Told.Contains("stream-error"), "the break to be told");
        if (mode is AfterBreak.NothingUntilUpdate)
        {
            Assert.Equal(SimulatedCallState.Answered, call.State);
            Assert.Equal(HttpStatusCode.OK, (await RestAsync(bridge, call, new() { ["Twiml"] = bridge.Connect })).Status);
            await Soon.Is(() => call.Stats.MediaSockets == 2 && call.MediaOpen, "the next socket");
            Assert.DoesNotContain(bridge.Requests, r => r.Path == "/next");
            return;
        }
        await Soon.Is(call.WhenEnded);
        Assert.Equal(mode is AfterBreak.CallEnds ? "the media stream broke" : "hung up by the service", call.EndReason);
    }

    [Fact]
    public async Task Rest_KnowsWhoAsks_AndWhatCanBeDone()
    {
        await using var bridge = await TwilioBridge.StartAsync();
        var call = bridge.Call();
        await Soon.Is(() => call.MediaOpen, "the media socket");

        Assert.Equal((HttpStatusCode.Unauthorized, 20003), Code(await RestAsync(bridge, call, null, password: "wrong")));
        Assert.Equal((HttpStatusCode.NotFound, 20404), Code(await RestAsync(bridge, call, null, sid: "CA00000000000000000000000000000000")));
        bridge.Twilio.ThrottleTimes = 1;
        Assert.Equal((HttpStatusCode.TooManyRequests, 20429), Code(await RestAsync(bridge, call, null)));
        Assert.Equal("in-progress", (await RestAsync(bridge, call, null)).Body.GetProperty("status").GetString());
        bridge.Twilio.DialTargets["+14255550177"] = new TransferTarget { Fails = true };
        Assert.Equal(HttpStatusCode.OK, (await RestAsync(bridge, call, new() { ["Twiml"] = $"""<Response><Dial action="{bridge.Address}voice"><Number>+14255550177</Number></Dial></Response>""" })).Status);
        await Soon.Is(() => bridge.Requests.Any(r => r.Form.GetValueOrDefault("DialCallStatus") == "no-answer") && call.MediaOpen, "the caller to come back");
        Assert.Equal("completed", (await RestAsync(bridge, call, new() { ["Status"] = "completed" })).Body.GetProperty("status").GetString());
        await Soon.Is(call.WhenEnded);
        Assert.Equal((HttpStatusCode.BadRequest, 21220), Code(await RestAsync(bridge, call, new() { ["Twiml"] = "<Response/>" })));
    }

    [Fact]
    public async Task WhatIsNoMessage_IsCounted()
    {
        await using var bridge = await TwilioBridge.StartAsync();
        var call = bridge.Call();
        await Soon.Is(() => call.MediaOpen, "the media socket");
        foreach (var message in (string[])["{", """{"event":"media"}""", """{"event":"clear","streamSid":"MZ1"}""", """{"kind":"AudioData"}"""]) await bridge.SendAsync(message);
        await Soon.Is(() => call.Stats.InvalidMessages == 4, "four of them");
    }

    [Fact]
    public void MuLaw_IsWhatG711Says_AndCarriesMarks()
    {
        Assert.Equal((0xF2, 104), (MuLaw.Encode(100), MuLaw.Decode([0xF2])[0]));
        Assert.Equal((0xCE, 988), (MuLaw.Encode(1000), MuLaw.Decode([0xCE])[0]));
        Assert.Equal((0xFF, 0x80, 0x00), (MuLaw.Encode(0), MuLaw.Encode(short.MaxValue), MuLaw.Encode(short.MinValue)));
        for (var code = 0; code < 256; code++)
        {
            if (code != 0x7F) Assert.Equal(code, MuLaw.Encode(MuLaw.Decode([(byte)code])[0]));
            var (samples, back) = (new short[1], new byte[1]);
            MuLaw.DecodeMarked([(byte)code], samples);
            MuLaw.EncodeMarked(samples, back);
            Assert.Equal(code & 1, samples[0] & 1);
            Assert.Equal(code & 1, back[0] & 1);
        }
    }

    private static (HttpStatusCode, int) Code((HttpStatusCode Status, JsonElement Body) reply) => (reply.Status, reply.Body.GetProperty("code").GetInt32());

    private static async Task<(HttpStatusCode Status, JsonElement Body)> RestAsync(
        TwilioBridge bridge, SimulatedCall call, Dictionary<string, string>? form, string? password = null, string? sid = null)
    {
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        using var request = new HttpRequestMessage(
            form is null ? HttpMethod.Get : HttpMethod.Post, new Uri(bridge.Azure.Address, $"/2010-04-01/Accounts/{bridge.Twilio.AccountSid}/Calls/{sid ?? call.CorrelationId}.json"));
        if (form is not null) request.Content = new FormUrlEncodedContent(form);
        request.Headers.Authorization = new AuthenticationHeaderValue(
            "Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{bridge.Twilio.AccountSid}:{password ?? bridge.Twilio.AuthToken}")));
        using var response = await http.SendAsync(request);
        return (response.StatusCode, JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement);
    }

    private static string Sign(TwilioBehaviour twilio, string url, Dictionary<string, string> form)
    {
        var data = Encoding.UTF8.GetBytes(url + string.Concat(form.OrderBy(f => f.Key, StringComparer.Ordinal).Select(f => f.Key + f.Value)));
        Func<byte[], byte[]> hash = twilio.SharedKey is null ? SHA1.HashData : SHA256.HashData;
        var key = new byte[64];
        Encoding.ASCII.GetBytes(twilio.SharedKey ?? twilio.AuthToken).CopyTo(key, 0);
        return Convert.ToBase64String(hash([.. key.Select(b => (byte)(b ^ 0x5C)), .. hash([.. key.Select(b => (byte)(b ^ 0x36)), .. data])]));
    }
}
