using Microsoft.AspNetCore.Http;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using VoiceBridge.CallControl.Tests.Fakes;
using VoiceBridge.Cluster.Admission;
using VoiceBridge.Cluster.Calls;
using VoiceBridge.Cluster.Trust;
using VoiceBridge.Testing;
using VoiceBridge.ServiceDefaults.Telemetry;

namespace VoiceBridge.CallControl.Tests.Calls;

public class AnsweringTests(RedisServers servers) : ClusterTest(servers)
{
    [Fact]
    public async Task Event_DeliveredFiveTimesToThreeReplicas_IsAnsweredOnce()
    {
        var replicas = new[] { await StartAsync(), await StartAsync(), await StartAsync() };
        await StartGatewayAsync(replicas[0], capacity: 10);
        var body = $"[{Payloads.IncomingCall("one", "ctx-one")}]";

        var replies = await Task.WhenAll(Enumerable.Range(0, 15).Select(i => replicas[i % 3].DeliverAsync(body)));

        Assert.All(replies, r => Assert.Equal(200, (int)r.StatusCode));
        await replicas[1].CallAsync(CallIdOf("one", "ctx-one"), r => r is { AnsweredAt: not null, CallConnectionId: not null }, "the answer");
        Assert.Single(Acs.Requests, r => r.IsAnswer);
    }

    [Fact]
    public async Task Refusal_ThatComesTooLate_LeavesTheAnsweredCallAlone()
    {
        Settings["Admission:RingSeconds"] = "1";
        var connected = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Acs.Fault = r =>
        {
            if (!r.Path.EndsWith(":reject", StringComparison.Ordinal)) return null;
            // However slow this machine is, the answer comes first.
            connected.Task.Wait(TimeSpan.FromSeconds(30), Ct);
            return FakeAcs.Error(400, "8501", "it is answered");
        };
        var host = await StartAsync();
        await host.DeliverAsync($"[{Payloads.IncomingCall("one", "ctx-one")}]");
        var callId = CallIdOf("one", "ctx-one");
        // There is no gateway. Another replica, which saw one, has answered meanwhile.
        await ConnectAsync(host, callId, "conn-1");
        connected.SetResult();

        await Eventually.True(() => host.Logs.Lines.Any(line => line.Contains("was to be rejected, but it has been answered", StringComparison.Ordinal)), what: "the refusal to be given up");
        Assert.Single(Acs.Requests, r => r.Path.EndsWith(":reject", StringComparison.Ordinal));
        Assert.Equal(CallState.Connected, (await host.Calls.GetAsync(callId, Ct))!.State);
    }

    [Fact]
    public async Task Batch_OfMixedEvents_HasEachOfThemHandled()
    {
        var host = await StartAsync();
        await StartGatewayAsync(host, capacity: 10);

        var reply = await host.DeliverAsync(
            $"[{Payloads.IncomingCall("one", "ctx-one")},{Payloads.Validation("code-1")},{{}},{Payloads.CloudIncomingCall("two", "ctx-two")},{Payloads.IncomingCall("three", "")}]");

        Assert.Equal("code-1", (await reply.Content.ReadFromJsonAsync<JsonElement>(Ct)).GetProperty("validationResponse").GetString());
        await Eventually.True(() => Acs.Answered == 2, what: "two answers");
        Assert.Equal(["ctx-one", "ctx-two"], Acs.Requests.Where(r => r.IsAnswer).Select(r => r.Json.GetProperty("incomingCallContext").GetString()).Order());
    }

    [Fact]
    public async Task Answer_CarriesATicketAndACallbackOfItsCall()
    {
        var host = await StartAsync();
        await StartGatewayAsync(host, capacity: 10);

        var (callId, _) = await AnsweredAsync(host);

        var answer = Acs.Requests.Single(r => r.IsAnswer).Json;
        Assert.Equal($"http://127.0.0.1:9/acs/callbacks/{callId}", answer.GetProperty("callbackUri").GetString());
        var transport = answer.GetProperty("mediaStreamingOptions").GetProperty("transportUrl").GetString()!;
        Assert.StartsWith("ws://127.0.0.1:9/acs/ws?ticket=", transport, StringComparison.Ordinal);
        var ticket = host.Services.GetRequiredService<MediaTickets>().Read(transport.Split('=', 2)[1]).Ticket!;
        Assert.Equal((callId, "one", "+14255550100", "+14255550199"), (ticket.CallId, ticket.CorrelationId, ticket.CallerId, ticket.CalledNumber));
        Assert.Equal(CallTrace.TraceParentOf(callId), ticket.TraceParent);
        Assert.Equal(TimeSpan.FromMinutes(65), ticket.ExpiresAt - ticket.IssuedAt);
    }

    [Fact]
    public async Task Answer_IsTheSameFromEveryReplica()
    {
        var (one, two) = (await StartAsync(), await StartAsync());
        var call = new IncomingCall("one", "ctx", "server", "+14255550100", "+14255550199", DateTimeOffset.UnixEpoch.AddYears(60));

        Assert.Equal(
            one.Services.GetRequiredService<AnswerRequests>().Of(call), two.Services.GetRequiredService<AnswerRequests>().Of(call));
    }

    [Fact]
    public async Task Claim_OfADeadReplica_IsTakenOver_WithTheVerySameAnswer()
    {
        var host = await StartAsync();
        await StartGatewayAsync(host, capacity: 10);
        var now = DateTimeOffset.UtcNow;
        var call = new IncomingCall("one", "ctx-one", "server", "+14255550100", "+14255550199", now.AddTicks(-(now.Ticks % TimeSpan.TicksPerSecond)));
        // As a replica does it that dies right after its claim.
        Assert.True(await host.Services.GetRequiredService<DueCalls>().TryClaimAsync(call.ToRecord(), "dead", TimeSpan.FromSeconds(1), Ct));

        await host.CallAsync(call.CallId, r => r.CallConnectionId is not null, "the answer");

        var expected = host.Services.GetRequiredService<AnswerRequests>().Of(call);
        var sent = Acs.Requests.Single(r => r.IsAnswer);
        Assert.Equal(expected.TransportUrl, sent.Json.GetProperty("mediaStreamingOptions").GetProperty("transportUrl").GetString());
        Assert.Equal((expected.Call.Repeatability.RequestIdText, expected.Call.Repeatability.FirstSentText), (sent.RepeatabilityId, sent.FirstSent));
    }

    [Fact]
    public async Task Replica_ThatStops_LeavesItsWaitingCallsToOthers()
    {
        var (one, two) = (await StartAsync(), await StartAsync());
        await one.DeliverAsync(Payloads.IncomingCall("one", "ctx-one"));
        var desk = two.Services.GetRequiredService<AdmissionQueue>();
        await Eventually.True(async () => (await desk.LoadAsync(Ct)).Waiting == 1, what: "the call in the queue");

        await one.StopAsync();
        await StartGatewayAsync(two, capacity: 10);

        await two.CallAsync(CallIdOf("one", "ctx-one"), r => r.CallConnectionId is not null, "the other replica's answer");
    }

    [Fact]
    public async Task Call_WithoutRoom_WaitsForAGateway()
    {
        var host = await StartAsync();
        await host.DeliverAsync(Payloads.IncomingCall("one", "ctx-one"));
        await host.CallAsync(CallIdOf("one", "ctx-one"), r => r.State is CallState.Ringing, "the ringing call");
        Assert.Empty(Acs.Requests);

        await StartGatewayAsync(host, capacity: 10);

        await host.CallAsync(CallIdOf("one", "ctx-one"), r => r.CallConnectionId is not null, "the answer");
    }

    [Fact]
    public async Task Call_WithoutRoomForTooLong_IsBusy()
    {
        Settings["Admission:RingSeconds"] = "1";
        var host = await StartAsync();

        await host.DeliverAsync(Payloads.IncomingCall("one", "ctx-one"));

        var record = await host.CallAsync(CallIdOf("one", "ctx-one"), r => r.State is CallState.Rejected, "the rejection");
        Assert.Equal("busy", record.EndReason);
        Assert.EndsWith(":reject", Assert.Single(Acs.Requests).Path, StringComparison.Ordinal);
        Assert.Equal(0, (await host.Services.GetRequiredService<AdmissionQueue>().LoadAsync(Ct)).Waiting);
    }

    [Fact]
    public async Task Call_WithoutRoom_GoesToTheOverflowNumber()
    {
        Settings["Admission:RingSeconds"] = "1";
        Settings["Overflow:Number"] = "+14255550123";
        var host = await StartAsync();

        await host.DeliverAsync(Payloads.IncomingCall("one", "ctx-one"));

        var record = await host.CallAsync(CallIdOf("one", "ctx-one"), r => r.State is CallState.Rejected, "the redirection");
        Assert.Equal("overflow", record.EndReason);
        var sent = Assert.Single(Acs.Requests);
        Assert.Equal("+14255550123", sent.Json.GetProperty("target").GetProperty("phoneNumber").GetProperty("value").GetString());
    }

    [Theory]
    [InlineData(400, "answer_failed", true)]
    [InlineData(401, "answer_failed", true)]
    [InlineData(404, "missed", false)]
    public async Task Answer_ThatIsRefused_IsABusyToneWhereItStillRings_AndFreesItsSlot(int status, string reason, bool busy)
    {
        Acs.Fault = r => r.IsAnswer ? FakeAcs.Error(status, "1", "no") : null;
        var host = await StartAsync();
        await StartGatewayAsync(host, capacity: 10);

        await host.DeliverAsync(Payloads.IncomingCall("one", "ctx-one"));

        var record = await host.CallAsync(CallIdOf("one", "ctx-one"), r => r.State is CallState.Ended or CallState.Rejected, "the end");
        Assert.Equal(reason, record.EndReason);
        Assert.Equal(busy ? [":answer", ":reject"] : [":answer"], Acs.Requests.Select(r => r.Path[r.Path.LastIndexOf(':')..]));
        var load = await host.Services.GetRequiredService<AdmissionQueue>().LoadAsync(Ct);
        Assert.Equal((0, 0, 0), (load.Active, load.Reserved, load.Waiting));
    }

    [Theory]
    [InlineData(400, null)]
    [InlineData(429, "60")]
    public async Task Answer_ThatIsRefused_GoesToTheOverflowNumberWhileItStillRings(int status, string? retryAfter)
    {
        Settings["Overflow:Number"] = "+14255550123";
        Acs.Fault = r => r.IsAnswer ? new Refusal(status, retryAfter) : null;
        var host = await StartAsync();
        await StartGatewayAsync(host, capacity: 10);

        await host.DeliverAsync(Payloads.IncomingCall("one", "ctx-one"));

        var record = await host.CallAsync(CallIdOf("one", "ctx-one"), r => r.State is CallState.Rejected, "the redirection");
        Assert.Equal("overflow", record.EndReason);
        Assert.Equal([":answer", ":redirect"], Acs.Requests.Select(r => r.Path[r.Path.LastIndexOf(':')..]));
    }

    [Fact]
    public async Task Event_ThatComesWhenThePhoneHasStoppedRinging_IsMissed()
    {
        var host = await StartAsync();
        await StartGatewayAsync(host, capacity: 10);

        await host.DeliverAsync(Payloads.IncomingCall("one", "ctx-one", DateTimeOffset.UtcNow.AddMinutes(-1)));

        var record = await host.CallAsync(CallIdOf("one", "ctx-one"), r => r.State is CallState.Ended, "the end");
        Assert.Equal("missed", record.EndReason);
        Assert.Empty(Acs.Requests);
    }

    [Fact]
    public async Task Logs_HoldNoSecretsAndNoWholeNumbers()
    {
        Settings["Privacy:CallerId"] = "Last4";
        var host = await StartAsync();
        await StartGatewayAsync(host, capacity: 10);

        var (callId, connectionId) = await AnsweredAsync(host);
        await ConnectAsync(host, callId, connectionId);
        await host.CallBackAsync(callId, Acs.Token(), Payloads.Callback("CallDisconnected", connectionId));
        await host.CallAsync(callId, r => r.State is CallState.Ended, "the end");

        var log = string.Join('\n', host.Logs.Lines);
        Assert.Contains(callId, log, StringComparison.Ordinal);
        foreach (var secret in (string[])["4255550100", "4255550199", "ctx-one", CallControlHost.Key, "ticket=", "eyJ", FakeAcs.AccessKey])
            Assert.DoesNotContain(secret, log, StringComparison.Ordinal);
    }

    private sealed class Refusal(int status, string? retryAfter) : IResult
    {
        public Task ExecuteAsync(HttpContext context)
        {
            if (retryAfter is not null) context.Response.Headers.RetryAfter = retryAfter;
            return FakeAcs.Error(status, "1", "no").ExecuteAsync(context);
        }
    }
}
