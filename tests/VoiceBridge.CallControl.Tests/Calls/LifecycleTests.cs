using System.Security.Cryptography;
using VoiceBridge.CallControl.Tests.Fakes;
using VoiceBridge.Cluster.Calls;
using VoiceBridge.Testing;

namespace VoiceBridge.CallControl.Tests.Calls;

public class LifecycleTests(RedisServers servers) : ClusterTest(servers)
{
    [Fact]
    public async Task Notices_InOrder_TakeTheCallToItsEnd()
    {
        var host = await StartAsync();
        await StartGatewayAsync(host, capacity: 10);
        var (callId, connectionId) = await AnsweredAsync(host);

        await ConnectAsync(host, callId, connectionId);
        await host.CallBackAsync(callId, Acs.Token(), Payloads.Callback("ParticipantsUpdated", connectionId), Payloads.Callback("CallDisconnected", connectionId));

        var record = await host.CallAsync(callId, r => r.State is CallState.Ended, "the end");
        Assert.Equal(("caller_hung_up", connectionId), (record.EndReason, record.CallConnectionId));
        // Each notice is written by itself, after the state that it brings.
        await Eventually.True(
            async () => (await host.Calls.ListEventsAsync(callId, Ct)).Count(e => e.Kind is "connected" or "ended") == 2, what: "beginning and end in the timeline");
        Assert.Single(await host.Calls.ListEventsAsync(callId, Ct), e => e.Kind == "connected");
    }

    [Fact]
    public async Task Notices_RepeatedAndInTheWrongOrder_DoNotBringACallBack()
    {
        var (one, two) = (await StartAsync(), await StartAsync());
        await StartGatewayAsync(one, capacity: 10);
        var (callId, connectionId) = await AnsweredAsync(one);
        var disconnected = Payloads.Callback("CallDisconnected", connectionId);

        await one.CallBackAsync(callId, Acs.Token(), disconnected, disconnected);
        await one.CallAsync(callId, r => r.State is CallState.Ended, "the end");
        await two.CallBackAsync(callId, Acs.Token(), Payloads.Callback("CallConnected", connectionId), disconnected, Payloads.Callback("MediaStreamingFailed", connectionId));
        await two.CallBackAsync(callId, Acs.Token(), disconnected);
        await two.StopAsync();

        Assert.Equal(CallState.Ended, (await one.Calls.GetAsync(callId, Ct))!.State);
        Assert.Single(await one.Calls.ListEventsAsync(callId, Ct), e => e.Kind == "ended");
        Assert.Empty(await one.Calls.ListLiveAsync(Ct));
    }

    [Fact]
    public async Task Notice_OfAnotherConnection_DoesNotEndTheCall()
    {
        var host = await StartAsync();
        await StartGatewayAsync(host, capacity: 10);
        var (callId, connectionId) = await AnsweredAsync(host);
        await ConnectAsync(host, callId, connectionId);

        await host.CallBackAsync(callId, Acs.Token(), Payloads.Callback("CallDisconnected", "another-connection"), Payloads.Callback("MediaStreamingFailed", "another-connection"));
        await host.CallBackAsync(callId, Acs.Token(), Payloads.Callback("CallTransferFailed", connectionId));

        await Eventually.True(async () => (await host.Calls.ListEventsAsync(callId, Ct)).Any(e => e.Kind == "transfer_failed"), what: "the notices to be handled");
        await Eventually.True(() => host.Logs.Lines.Count(line => line.Contains("names another call connection", StringComparison.Ordinal)) == 2, what: "both to be left aside");
        Assert.Equal(CallState.Connected, (await host.Calls.GetAsync(callId, Ct))!.State);
        Assert.DoesNotContain(await host.Calls.ListEventsAsync(callId, Ct), e => e.Kind is "ended" or "media_failed");
    }

    [Fact]
    public async Task Transfer_IsWhyTheCallEnded_EvenWhenItsNoticeComesLast()
    {
        var host = await StartAsync();
        await StartGatewayAsync(host, capacity: 10);
        var (callId, connectionId) = await AnsweredAsync(host);
        await ConnectAsync(host, callId, connectionId);

        Assert.Equal(202, await CallsApiTests.PostAsync(host, $"/calls/{callId}/transfer", new { callConnectionId = connectionId, target = "+14255550123" }));
        await host.CallBackAsync(callId, Acs.Token(), Payloads.Callback("CallDisconnected", connectionId));
        // As far as is known: while a transfer rings, the caller may hang up.
        Assert.Equal("caller_hung_up", (await host.CallAsync(callId, r => r.State is CallState.Ended, "the end")).EndReason);
        await host.CallBackAsync(callId, Acs.Token(), Payloads.Callback("CallTransferAccepted", connectionId));

        await host.CallAsync(callId, r => r.EndReason == "transferred", "the reason that the late notice gives");
    }

    [Fact]
    public async Task AnswerFailed_EndsTheCall()
    {
        var host = await StartAsync();
        await StartGatewayAsync(host, capacity: 10);
        var (callId, connectionId) = await AnsweredAsync(host);

        await host.CallBackAsync(callId, Acs.Token(), Payloads.Callback("AnswerFailed", connectionId));

        Assert.Equal("answer_failed", (await host.CallAsync(callId, r => r.State is CallState.Ended, "the end")).EndReason);
    }

    [Fact]
    public async Task Callback_NeedsTheServicesToken()
    {
        var host = await StartAsync();
        using var stranger = RSA.Create(2048);
        const string CallId = "0123456789abcdef0123456789abcdef";
        var body = Payloads.Callback("CallConnected");

        foreach (var (token, status) in new (string?, int)[]
        {
            (null, 401), ("garbage", 401), (Acs.Token(audience: "someone-else"), 401), (Acs.Token(issuer: "https://example.com"), 401),
            (Acs.Token(life: TimeSpan.FromMinutes(-10)), 401), (Acs.Token(key: stranger), 401), (Acs.Token(), 200),
        })
        {
            var reply = await host.CallBackAsync(CallId, token, body);
            Assert.Equal(status, (int)reply.StatusCode);
            Assert.Empty(await reply.Content.ReadAsStringAsync(Ct));
        }

        Assert.Equal(404, (int)(await host.CallBackAsync("not-a-call-id", Acs.Token(), body)).StatusCode);
        Assert.Equal(413, (int)(await host.CallBackAsync(CallId, Acs.Token(), new string(' ', 300_000))).StatusCode);
    }

    [Fact]
    public async Task Callback_WithoutAToken_PassesWhereItIsOnlyReported()
    {
        Settings["Acs:CallbackToken"] = "Report";
        var host = await StartAsync();

        Assert.Equal(200, (int)(await host.CallBackAsync("0123456789abcdef0123456789abcdef", null, Payloads.Callback("CallConnected"))).StatusCode);
        Assert.Contains(host.Logs.Lines, l => l.Contains("A callback without a valid token", StringComparison.Ordinal));
    }
}
