using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using VoiceBridge.CallControl.Tests.Fakes;
using VoiceBridge.Cluster.Calls;
using VoiceBridge.Cluster.Trust;
using VoiceBridge.Simulator;
using VoiceBridge.Testing;

namespace VoiceBridge.CallControl.Tests.Twilio;

/// <summary>Calls of a simulated Twilio, which asks, is told what to do, and does it.</summary>
public sealed class TwilioCallTests(RedisServers servers) : TwilioTest(servers)
{
    public static TheoryData<string> Modes => ["plain", "a shared key", "asked three times at once", "told twice", "an api key, throttled"];

    [Theory]
    [MemberData(nameof(Modes))]
    public async Task Call_IsAnsweredByTheReply_AndFollowedToItsEnd(string mode)
    {
        Order(mode);
        var host = await StartAsync();

        var (call, record) = await ConnectedAsync(host);

        Assert.Equal(("twilio", call.CorrelationId, call.Plan.From, call.Plan.To), (record.Type, record.CallConnectionId, record.From, record.To));
        Assert.Equal(1, call.Stats.MediaSockets);
        Assert.Equal(1, Media.Sockets);
        await call.HangUpAsync();
        record = await host.CallAsync(record.CallId, r => r.State is CallState.Ended, "the end");
        Assert.Equal("caller_hung_up", record.EndReason);
        Assert.All(["CallAnswering", "CallLifecycle"], writer =>
        {
            var lines = host.Logs.Lines.Where(line => line.Contains($".{writer}: ", StringComparison.Ordinal)).ToArray();
            Assert.NotEmpty(lines);
            Assert.All(lines, line => Assert.Contains("[provider, twilio]", line, StringComparison.Ordinal));
        });
    }

    private void Order(string mode)
    {
        switch (mode)
        {
            case "a shared key":
                Twilio.SharedKey = "a-shared-key-of-the-tests";
                Settings["Twilio:SharedKey"] = Twilio.SharedKey;
                break;
            case "asked three times at once":
                Twilio.Duplicates = 3;
                break;
            case "told twice":
                Twilio.CallbackDuplicates = 2;
                break;
            case "an api key, throttled":
                (Twilio.ApiKey, Twilio.ApiSecret) = ("SK0123456789abcdef0123456789abcdef", "the secret of an api key");
                (Settings["Twilio:ApiKey"], Settings["Twilio:ApiSecret"]) = (Twilio.ApiKey, Twilio.ApiSecret);
                break;
        }
    }

    [Fact]
    public async Task Reply_ConnectsTheCallerWithATicketOfItsCall_TheSameFromEveryReplica()
    {
        var host = await StartAsync();
        Settings["CallControl:Replicas"] = "3";
        var other = Keep(await CallControlHost.StartAsync(Settings));

        var twiml = await TwimlAsync(await PostAsync(host, "/twilio/voice"));
        var again = await TwimlAsync(await PostAsync(other, "/twilio/voice"));

        var stream = twiml.Element("Connect")!.Element("Stream")!;
        var callId = stream.Attribute("url")!.Value.Split('/')[^1];
        Assert.Equal($"{Media.Address}/twilio/media/{callId}", stream.Attribute("url")!.Value);
        Assert.Equal(new Uri(Address, "/twilio/stream").AbsoluteUri, stream.Attribute("statusCallback")!.Value);
        Assert.StartsWith(new Uri(Address, "/twilio/next?at=").AbsoluteUri, twiml.Element("Redirect")!.Value, StringComparison.Ordinal);
        var ticket = host.Services.GetRequiredService<MediaTickets>().Read(stream.Element("Parameter")!.Attribute("value")!.Value).Ticket!;
        Assert.Equal(
            (callId, "twilio", "CA00000000000000000000000000000002", "+14255550100", "+14255550199"),
            (ticket.CallId, ticket.Type, ticket.CorrelationId, ticket.CallerId, ticket.CalledNumber));
        Assert.Equal(stream.ToString(), again.Element("Connect")!.Element("Stream")!.ToString());
        // Who knows the CallSid does not know the address.
        Assert.NotEqual(CallId.Of(ticket.CorrelationId, ""), callId);
        Assert.NotEqual(CallId.Of(ticket.CorrelationId, ticket.CorrelationId), callId);
    }

    [Fact]
    public async Task Stranger_IsRefused_AndNoCallComesOfIt()
    {
        var host = await StartAsync();
        foreach (var path in (string[])["/twilio/voice", "/twilio/next", "/twilio/status", "/twilio/stream"])
        {
            Assert.Equal(HttpStatusCode.Forbidden, (await PostAsync(host, path, token: "another-auth-token-of-somebody")).StatusCode);
            Assert.Equal(HttpStatusCode.Forbidden, (await PostAsync(host, path, signature: "AAAAAAAAAAAAAAAAAAAAAAAAAAA=")).StatusCode);
            Assert.Equal(HttpStatusCode.Forbidden, (await PostAsync(host, path, signature: "")).StatusCode);
            Assert.Equal(HttpStatusCode.Forbidden, (await PostAsync(host, path, new() { ["AccountSid"] = "AC99999999999999999999999999999999" })).StatusCode);
            Assert.Equal(HttpStatusCode.BadRequest, (await PostAsync(host, path, new() { ["CallSid"] = "CA-1" })).StatusCode);
        }

        Assert.Empty(await host.Calls.ListLiveAsync(Ct));
        Settings["Twilio:AccountSid"] = null;
        var without = Keep(await CallControlHost.StartAsync(Settings));
        Assert.Equal(HttpStatusCode.NotFound, (await PostAsync(without, "/twilio/voice")).StatusCode);
    }

    [Fact]
    public async Task Stats_CountCallersOfTwilioWhereItIsConfigured()
    {
        Settings["Ops:ApiKeys:0"] = "an-operators-key-1234";
        var host = await StartAsync();
        await ConnectedAsync(host);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/stats");
        request.Headers.Add("X-Api-Key", "an-operators-key-1234");

        var types = (await (await host.Http.SendAsync(request, Ct)).Content.ReadFromJsonAsync<JsonElement>(Ct)).GetProperty("connection_types");

        Assert.Equal("""{"acs":0,"twilio":1,"web":0}""", types.GetRawText());
    }

    [Fact]
    public async Task CallerWithoutARoom_IsBusyAfterItHasRungOn()
    {
        Settings["Admission:RingSeconds"] = "10";
        var host = await StartAsync(capacity: 0);

        var call = Call();

        await call.WhenEnded.WaitAsync(TimeSpan.FromSeconds(40), Ct);
        Assert.Equal((SimulatedCallState.Rejected, "rejected: busy"), (call.State, call.EndReason));
        var record = await RecordAsync(host, call, r => r.State is CallState.Rejected, "the rejected call");
        Assert.Equal("busy", record.EndReason);
    }

    [Fact]
    public async Task CallerWhoWaits_IsConnectedWhenThereIsRoom()
    {
        var host = await StartAsync(capacity: 0);
        var call = Call();
        await RecordAsync(host, call, r => r.State is CallState.Ringing, "the ringing call");

        Keep(await FakeGateway.StartAsync(host.Services, capacity: 1));

        await call.WhenAnswered.WaitAsync(TimeSpan.FromSeconds(30), Ct);
    }

    [Fact]
    public async Task CallerWithoutARoom_GoesToTheOverflowNumber()
    {
        Settings["Admission:RingSeconds"] = "0";
        Settings["Overflow:Number"] = "+14255550111";
        var host = await StartAsync(capacity: 0);

        var call = Call();

        await call.WhenEnded.WaitAsync(TimeSpan.FromSeconds(30), Ct);
        Assert.Equal((SimulatedCallState.Redirected, "redirected to +14255550111"), (call.State, call.EndReason));
        var record = await RecordAsync(host, call, r => r.State is CallState.Rejected, "the redirected call");
        Assert.Equal("overflow", record.EndReason);
    }

    [Fact]
    public async Task CallerWhoGivesUp_IsMissed()
    {
        var host = await StartAsync(capacity: 0);
        var call = Call();
        var record = await RecordAsync(host, call, r => r.State is CallState.Ringing, "the ringing call");

        await call.HangUpAsync();

        record = await host.CallAsync(record.CallId, r => r.State is CallState.Ended, "the end");
        Assert.Equal("missed", record.EndReason);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task HangUp_IsAskedOverRest_AndAgainWhenTheAnswerIsLost(bool lost)
    {
        var host = await StartAsync();
        var (call, record) = await ConnectedAsync(host);
        Twilio.LoseUpdateTimes = lost ? 1 : 0;
        Twilio.ThrottleTimes = lost ? 1 : 0;

        Assert.Equal(HttpStatusCode.Accepted, (await ApiAsync(host, record, "hangup", new { callConnectionId = call.CorrelationId, reason = "agent_ended" })).StatusCode);

        await call.WhenEnded.WaitAsync(TimeSpan.FromSeconds(20), Ct);
        Assert.Equal("hung up by the service", call.EndReason);
        record = await host.CallAsync(record.CallId, r => r.State is CallState.Ended, "the end");
        Assert.Equal("agent_ended", record.EndReason);
    }

    [Fact]
    public async Task Transfer_ThatIsAccepted_TakesTheCallAway()
    {
        var host = await StartAsync();
        var (call, record) = await ConnectedAsync(host);

        Assert.Equal(HttpStatusCode.Accepted, (await ApiAsync(host, record, "transfer", new { callConnectionId = call.CorrelationId, target = "+14255550177" })).StatusCode);

        await call.WhenEnded.WaitAsync(TimeSpan.FromSeconds(20), Ct);
        Assert.Equal("transferred to +14255550177", call.EndReason);
        record = await host.CallAsync(record.CallId, r => r.State is CallState.Ended, "the end");
        Assert.Equal("transferred", record.EndReason);
    }

    [Fact]
    public async Task Transfer_ThatNobodyAccepts_BringsTheCallerBack()
    {
        Twilio.DialTargets["+14255550177"] = new TransferTarget { Fails = true };
        var host = await StartAsync();
        var (call, record) = await ConnectedAsync(host);

        await ApiAsync(host, record, "transfer", new { callConnectionId = call.CorrelationId, target = "+14255550177" });

        await Eventually.True(() => call.Stats.MediaSockets == 2, what: "the second media socket");
        await OpenAsync(host, record, "socket-2");
        record = await host.CallAsync(record.CallId, r => r.Transfer is { Failed: true }, "the failed transfer");
        Assert.Equal(CallState.Connected, record.State);
    }

    [Fact]
    public async Task Transfer_ToSomebodyTwilioCannotCall_IsRefused()
    {
        var host = await StartAsync();
        var (call, record) = await ConnectedAsync(host);

        var reply = await ApiAsync(host, record, "transfer", new { callConnectionId = call.CorrelationId, target = "8:acs:somebody" });

        Assert.Equal(HttpStatusCode.Conflict, reply.StatusCode);
        Assert.Contains("phone numbers only", await reply.Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(AfterBreak.RestOfTwimlRuns)]
    [InlineData(AfterBreak.NothingUntilUpdate)]
    public async Task SocketThatBreaks_IsFollowedByAnother(AfterBreak mode)
    {
        Twilio.AfterBreak = mode;
        var host = await StartAsync();
        var (call, record) = await ConnectedAsync(host);

        call.AbortMedia();
        await Gateway.CloseAsync(host.Services.GetRequiredService<VoiceBridge.Cluster.Connections.ConnectionDirectory>(), record.CallId, "aborted");

        await Eventually.True(() => call.Stats.MediaSockets == 2, what: "the second media socket");
        await OpenAsync(host, record, "socket-2");
        record = await host.CallAsync(record.CallId, r => r is { State: CallState.Connected, Media: MediaState.Open, Generation: > 1 }, "the recovered call");
        await call.HangUpAsync();
        await host.CallAsync(record.CallId, r => r.State is CallState.Ended, "the end");
    }

    [Fact]
    public async Task SocketThatBreaks_WhereTheCallEndsOfIt_EndsTheCallInTheBooks()
    {
        Twilio.AfterBreak = AfterBreak.CallEnds;
        var host = await StartAsync();
        var (call, record) = await ConnectedAsync(host);

        call.AbortMedia();
        await Gateway.CloseAsync(host.Services.GetRequiredService<VoiceBridge.Cluster.Connections.ConnectionDirectory>(), record.CallId, "aborted");

        await call.WhenEnded.WaitAsync(TimeSpan.FromSeconds(20), Ct);
        await host.CallAsync(record.CallId, r => r.State is CallState.Ended, "the end");
    }

    [Fact]
    public async Task NumberWithoutAStatusCallback_HasTheEndFoundOut()
    {
        Twilio.StatusCallback = null;
        var host = await StartAsync();
        var (call, record) = await ConnectedAsync(host);

        await call.HangUpAsync();
        await Gateway.CloseAsync(host.Services.GetRequiredService<VoiceBridge.Cluster.Connections.ConnectionDirectory>(), record.CallId, "closed");

        record = await host.CallAsync(record.CallId, r => r.State is CallState.Ended, "the end");
        Assert.Equal("caller_hung_up", record.EndReason);
    }

    private static Task<HttpResponseMessage> ApiAsync<T>(CallControlHost host, CallRecord record, string operation, T body)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, $"/calls/{record.CallId}/{operation}") { Content = JsonContent.Create(body) };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", host.Services.GetRequiredService<ClusterTokens>().Issue("callcontrol"));
        return host.Http.SendAsync(request, Ct);
    }
}
