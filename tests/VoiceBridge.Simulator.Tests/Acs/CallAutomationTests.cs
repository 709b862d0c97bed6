using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using VoiceBridge.Simulator.Tests.Bridge;

namespace VoiceBridge.Simulator.Tests.Acs;

public sealed class CallAutomationTests : IAsyncLifetime
{
    private readonly SimulatorOptions _options = new();
    private readonly HttpClient _plain = new(new SocketsHttpHandler { UseProxy = false });
    private TinyBridge _bridge = null!;

    public async ValueTask InitializeAsync()
    {
        _bridge = await TinyBridge.StartAsync(_options);
        _bridge.OnIncoming = _ => Task.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        await _bridge.DisposeAsync();
        _plain.Dispose();
    }

    [Fact]
    public async Task Request_NeedsASignatureOrAToken()
    {
        var uri = new Uri(_bridge.Azure.Address, "/calling/callConnections/none?api-version=2026-03-12");
        Assert.Equal(401, (int)(await _plain.GetAsync(uri, TestContext.Current.CancellationToken)).StatusCode);
        using var request = new HttpRequestMessage(HttpMethod.Get, uri) { Headers = { Authorization = new AuthenticationHeaderValue("Bearer", "entra") } };
        Assert.Equal(404, (int)(await _plain.SendAsync(request, TestContext.Current.CancellationToken)).StatusCode);
        _options.AccessKey = Convert.ToBase64String(new byte[32]);
        Assert.Equal(404, (await _bridge.AcsAsync(HttpMethod.Get, "/none")).Status);
        _bridge.Azure.Options.BearerToken = "another";
        using var refused = new HttpRequestMessage(HttpMethod.Get, uri) { Headers = { Authorization = new AuthenticationHeaderValue("Bearer", "entra") } };
        Assert.Equal(401, (int)(await _plain.SendAsync(refused, TestContext.Current.CancellationToken)).StatusCode);
    }

    [Fact]
    public async Task Request_NeedsAnApiVersion()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(_bridge.Azure.Address, "/calling/callConnections/none"))
        {
            Headers = { Authorization = new AuthenticationHeaderValue("Bearer", "entra") },
        };
        Assert.Equal(400, (int)(await _plain.SendAsync(request, TestContext.Current.CancellationToken)).StatusCode);
    }

    [Fact]
    public async Task Context_CanBeUsedOnce()
    {
        var call = _bridge.Azure.PlaceCall(new CallPlan());
        var (status, body, _) = await _bridge.AcsAsync(HttpMethod.Post, ":answer", _bridge.AnswerBody(call.Context), Guid.NewGuid().ToString());
        Assert.Equal(200, status);
        Assert.Equal(call.CallConnectionId, body.GetProperty("callConnectionId").GetString());
        (status, body, _) = await _bridge.AcsAsync(HttpMethod.Post, ":answer", _bridge.AnswerBody(call.Context), Guid.NewGuid().ToString());
        Assert.Equal(400, status);
        Assert.NotEmpty(body.GetProperty("error").GetProperty("message").GetString()!);
    }

    [Fact]
    public async Task Context_IsWorthNothingAfterTheRinging()
    {
        _options.Acs.RingSeconds = 0.05;
        var call = _bridge.Azure.PlaceCall(new CallPlan());
        await Soon.Is(call.WhenEnded);
        Assert.Equal(SimulatedCallState.MissedRinging, call.State);
        Assert.Equal(400, (await _bridge.AcsAsync(HttpMethod.Post, ":answer", _bridge.AnswerBody(call.Context))).Status);
    }

    [Fact]
    public async Task RepeatedRequest_IsReplayedNotExecuted()
    {
        var call = _bridge.Azure.PlaceCall(new CallPlan());
        var (id, sent) = (Guid.NewGuid().ToString(), DateTimeOffset.UtcNow.ToString("r"));
        var first = await _bridge.AcsAsync(HttpMethod.Post, ":answer", _bridge.AnswerBody(call.Context), id, sent);
        var second = await _bridge.AcsAsync(HttpMethod.Post, ":answer", _bridge.AnswerBody(call.Context), id, sent);
        Assert.Equal(200, second.Status);
        Assert.Equal(first.Body.GetProperty("callConnectionId").GetString(), second.Body.GetProperty("callConnectionId").GetString());
        Assert.Equal("accepted", second.Response.Headers.GetValues("Repeatability-Result").Single());
        var other = _bridge.AnswerBody(call.Context);
        other["operationContext"] = "another";
        var third = await _bridge.AcsAsync(HttpMethod.Post, ":answer", other, id, sent);
        Assert.Equal(400, third.Status);
        Assert.Equal("rejected", third.Response.Headers.GetValues("Repeatability-Result").Single());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task FailedAnswer_CanBeRepeated(bool executed)
    {
        if (executed) _options.Acs.LoseAnswerTimes = 1;
        else _options.Acs.FailAnswerTimes = 1;
        var call = _bridge.Azure.PlaceCall(new CallPlan());
        var (id, sent) = (Guid.NewGuid().ToString(), DateTimeOffset.UtcNow.ToString("r"));
        Assert.Equal(500, (await _bridge.AcsAsync(HttpMethod.Post, ":answer", _bridge.AnswerBody(call.Context), id, sent)).Status);
        Assert.Equal(executed ? SimulatedCallState.Answered : SimulatedCallState.Ringing, call.State);
        Assert.Equal(200, (await _bridge.AcsAsync(HttpMethod.Post, ":answer", _bridge.AnswerBody(call.Context), id, sent)).Status);
        Assert.Equal(SimulatedCallState.Answered, call.State);
    }

    [Fact]
    public async Task Throttled_SaysWhenToComeAgain()
    {
        _options.Acs.ThrottleTimes = 1;
        var (status, _, response) = await _bridge.AcsAsync(HttpMethod.Get, "/none");
        Assert.Equal(429, status);
        Assert.NotNull(response.Headers.RetryAfter);
    }

    [Theory]
    [InlineData("transportUrl", "https://not-a-socket")]
    [InlineData("transportType", "carrier-pigeon")]
    [InlineData("audioFormat", "pcm44KStereo")]
    public async Task Answer_ChecksItsMediaOptions(string name, string value)
    {
        var call = _bridge.Azure.PlaceCall(new CallPlan());
        var body = _bridge.AnswerBody(call.Context);
        body["mediaStreamingOptions"]![name] = value;
        var refused = await _bridge.AcsAsync(HttpMethod.Post, ":answer", body);
        Assert.Equal(400, refused.Status);
        Assert.Contains(name, refused.Body.GetProperty("error").GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.Equal(SimulatedCallState.Ringing, call.State);
    }

    [Fact]
    public async Task RejectAndRedirect_EndTheRinging()
    {
        _options.Acs.OwnNumbers.Add("+14255550177");
        var rejected = _bridge.Azure.PlaceCall(new CallPlan());
        Assert.Equal(204, (await _bridge.AcsAsync(HttpMethod.Post, ":reject", new JsonObject { ["incomingCallContext"] = rejected.Context, ["callRejectReason"] = "busy" })).Status);
        Assert.Equal((SimulatedCallState.Rejected, "rejected: busy"), (rejected.State, rejected.EndReason));

        var redirected = _bridge.Azure.PlaceCall(new CallPlan());
        var body = new JsonObject
        {
            ["incomingCallContext"] = redirected.Context,
            ["target"] = new JsonObject { ["kind"] = "phoneNumber", ["phoneNumber"] = new JsonObject { ["value"] = "+14255550177" } },
        };
        Assert.Equal(204, (await _bridge.AcsAsync(HttpMethod.Post, ":redirect", body)).Status);
        Assert.Equal(SimulatedCallState.Redirected, redirected.State);
        var again = _bridge.Azure.Calls.Last();
        Assert.Equal(redirected.CorrelationId, again.CorrelationId);
        Assert.NotEqual(redirected.Context, again.Context);
    }

    [Theory]
    [InlineData("DELETE", "")]
    [InlineData("POST", ":terminate")]
    public async Task HangUp_EndsTheCall_AndThenItIsUnknown(string verb, string operation)
    {
        var call = await AnsweredAsync();
        Assert.Equal(200, (await _bridge.AcsAsync(HttpMethod.Get, $"/{call.CallConnectionId}")).Status);
        Assert.Equal(204, (await _bridge.AcsAsync(new HttpMethod(verb), $"/{call.CallConnectionId}{operation}")).Status);
        Assert.Equal(404, (await _bridge.AcsAsync(HttpMethod.Get, $"/{call.CallConnectionId}")).Status);
        Assert.Equal(404, (await _bridge.AcsAsync(HttpMethod.Delete, $"/{call.CallConnectionId}")).Status);
        await Soon.Is(() => Seen("CallDisconnected") == 1, "CallDisconnected");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Transfer_EndsTheCallUnlessItFails(bool fails)
    {
        _options.Acs.TransferFails = fails;
        var call = await AnsweredAsync();
        var target = new JsonObject { ["kind"] = "phoneNumber", ["phoneNumber"] = new JsonObject { ["value"] = "+14255550111" } };
        var (status, _, _) = await _bridge.AcsAsync(
            HttpMethod.Post, $"/{call.CallConnectionId}:transferToParticipant", new JsonObject { ["targetParticipant"] = target, ["operationContext"] = "x" }, Guid.NewGuid().ToString());
        Assert.Equal(202, status);
        await Soon.Is(() => Seen(fails ? "CallTransferFailed" : "CallDisconnected") == 1, "the outcome");
        Assert.Equal(fails ? SimulatedCallState.Answered : SimulatedCallState.Ended, call.State);
        Assert.Equal(fails ? 0 : 1, Seen("CallTransferAccepted"));
    }

    [Theory]
    [InlineData("+14255550111", 1)]
    [InlineData("+14255550112", 0)]
    public async Task Transfer_FailsWhereTheTargetDoesNotTakeIt_AndGoesNowhereWhenTheCallerIsGone(string number, int failures)
    {
        _options.Acs.OwnNumbers.Add("+14255550112");
        _options.Acs.TransferTargets["+14255550111"] = new TransferTarget { Fails = true, Rings = TimeSpan.FromMilliseconds(100) };
        _options.Acs.TransferTargets["+14255550112"] = new TransferTarget { Rings = TimeSpan.FromMilliseconds(100) };
        var call = await AnsweredAsync();
        var target = new JsonObject { ["kind"] = "phoneNumber", ["phoneNumber"] = new JsonObject { ["value"] = number } };
        await _bridge.AcsAsync(
            HttpMethod.Post, $"/{call.CallConnectionId}:transferToParticipant", new JsonObject { ["targetParticipant"] = target }, Guid.NewGuid().ToString());
        Assert.Equal((SimulatedCallState.Answered, 0), (call.State, Seen("CallTransferFailed")));
        if (failures > 0) await Soon.Is(() => Seen("CallTransferFailed") == failures, "the failure");
        await call.HangUpAsync();
        await Soon.Is(() => Seen("CallDisconnected") == 1, "the end");
        Assert.Equal((0, failures), (Seen("CallTransferAccepted"), Seen("CallTransferFailed")));
        Assert.Single(_bridge.Azure.Calls);
    }

    [Fact]
    public async Task AnswerThatFailsLater_IsToldByCallback()
    {
        _options.Acs.AnswerFails = true;
        var call = await AnsweredAsync();
        await Soon.Is(() => Seen("AnswerFailed") == 1, "AnswerFailed");
        await Soon.Is(call.WhenEnded);
    }

    private async Task<SimulatedCall> AnsweredAsync()
    {
        var call = _bridge.Azure.PlaceCall(new CallPlan { Script = CallerScript.Silent });
        Assert.Equal(200, (await _bridge.AcsAsync(HttpMethod.Post, ":answer", _bridge.AnswerBody(call.Context), Guid.NewGuid().ToString())).Status);
        await Soon.Is(call.WhenAnswered);
        return call;
    }

    private int Seen(string type) => _bridge.Callbacks.Count(c => c.Type == $"Microsoft.Communication.{type}");
}
