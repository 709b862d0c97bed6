using Azure.Core;
using Microsoft.AspNetCore.Http;
using VoiceBridge.CallControl.Tests.Fakes;

namespace VoiceBridge.CallControl.Tests.Acs;

public sealed class RestCallAutomationTests : IAsyncLifetime
{
    private static readonly DateTimeOffset Rang = new(DateTime.UtcNow.Ticks / TimeSpan.TicksPerSecond * TimeSpan.TicksPerSecond, TimeSpan.Zero);
    private static readonly Repeatability Pair = new(Guid.Parse("7f1c8a52-1b9e-4a34-9d3e-0c9f5a5f8f10"), Rang);

    private FakeAcs _acs = null!;
    private RestCallAutomation _automation = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _acs = await FakeAcs.StartAsync();
        _automation = Client(_acs.ConnectionString);
    }

    public async ValueTask DisposeAsync()
    {
        _automation.Dispose();
        await _acs.DisposeAsync();
    }

    [Fact]
    public async Task Answer_SendsTheDocumentedBody()
    {
        var result = await _automation.AnswerAsync(Request(), Ct);

        Assert.True(result.Ok);
        Assert.NotNull(result.Value!.CallConnectionId);
        var sent = Assert.Single(_acs.Requests);
        Assert.Equal("/calling/callConnections:answer", sent.Path);
        Assert.Equal(
            """{"incomingCallContext":"ctx","callbackUri":"https://cc.example/acs/callbacks/x","operationContext":"call-1","mediaStreamingOptions":{"transportUrl":"wss://mg.example/acs/ws?ticket=t","transportType":"websocket","contentType":"audio","audioChannelType":"mixed","startMediaStreaming":true,"enableBidirectional":true,"audioFormat":"pcm24KMono","enableDtmfTones":true}}""",
            sent.Body);
        Assert.Equal("application/json", sent.Headers["Content-Type"]);
        Assert.Equal("7f1c8a52-1b9e-4a34-9d3e-0c9f5a5f8f10", sent.RepeatabilityId);
        Assert.Equal(Rang.ToString("R"), sent.FirstSent);
    }

    [Fact]
    public async Task Answer_ThatFailsTwiceWith500_SucceedsAsTheSameRequest()
    {
        var failures = 2;
        _acs.Fault = _ => Interlocked.Decrement(ref failures) >= 0 ? FakeAcs.Error(500, "500", "no") : null;

        var result = await _automation.AnswerAsync(Request(), Ct);

        Assert.True(result.Ok);
        Assert.Equal(3, _acs.Requests.Count);
        Assert.Single(_acs.Requests.Select(r => (r.RepeatabilityId, r.FirstSent, r.Body)).Distinct());
        Assert.Equal(1, _acs.Answered);
    }

    [Fact]
    public async Task Answer_SentTwice_IsOneAnswer()
    {
        var first = await _automation.AnswerAsync(Request(), Ct);
        var second = await _automation.AnswerAsync(Request(), Ct);

        Assert.Equal(first.Value, second.Value);
        Assert.Equal(1, _acs.Answered);
    }

    [Theory]
    [InlineData(400, "Refused")]
    [InlineData(403, "Denied")]
    [InlineData(404, "Gone")]
    [InlineData(409, "Refused")]
    public async Task Answer_RefusedWith4xx_IsNotTriedAgain(int status, string outcome)
    {
        _acs.Fault = _ => FakeAcs.Error(status, "8522", "The context has expired.");

        var result = await _automation.AnswerAsync(Request(), Ct);

        Assert.Equal(outcome, result.Outcome.ToString());
        Assert.Equal((status, "8522", "The context has expired."), (result.Result.Status, result.Result.Code, result.Result.Message));
        Assert.Single(_acs.Requests);
    }

    [Fact]
    public async Task Answer_WithAWrongKey_SaysThatTheCredentialsAreRefused()
    {
        using var stranger = Client($"endpoint={_acs.Url}/;accesskey=d3Jvbmc=");

        var result = await stranger.AnswerAsync(Request(), Ct);

        Assert.Equal(PhoneOutcome.Denied, result.Outcome);
        Assert.Equal("The signature does not match.", result.Result.Message);
    }

    [Fact]
    public async Task Answer_EndsWhenTheRingingDoes()
    {
        _acs.Fault = _ => FakeAcs.Error(503, "503", "busy");

        var result = await _automation.AnswerAsync(Request(TimeSpan.FromSeconds(2)), Ct);

        Assert.Equal(PhoneOutcome.Unavailable, result.Outcome);
        Assert.InRange(_acs.Requests.Count, 2, 10);
        Assert.Equal(PhoneOutcome.Unavailable, (await _automation.AnswerAsync(Request(TimeSpan.FromSeconds(-1)), Ct)).Outcome);
    }

    [Fact]
    public async Task Answer_WhileTheServiceIsUnreachable_IsAValue()
    {
        using var nowhere = Client($"endpoint=http://127.0.0.1:{Testing.FreePort.Find()}/;accesskey={FakeAcs.AccessKey}");

        var result = await nowhere.AnswerAsync(Request(TimeSpan.FromSeconds(1)), Ct);

        Assert.Equal(PhoneOutcome.Unavailable, result.Outcome);
    }

    [Fact]
    public async Task Reply_ThatIsNotJson_DoesNotUndoTheAnswer()
    {
        _acs.Fault = _ => Results.Text("<html>");

        var result = await _automation.AnswerAsync(Request(), Ct);

        Assert.True(result.Ok);
        Assert.Null(result.Value!.CallConnectionId);
    }

    [Fact]
    public async Task OtherOperations_UseTheirDocumentedAddressesAndBodies()
    {
        Assert.True((await _automation.RejectAsync(Request().Call, Ct)).Ok);
        Assert.True((await _automation.RedirectAsync(Request().Call, "+14255550123", Ct)).Ok);
        Assert.True((await _automation.TransferAsync("c1", "+14255550123", "x", new Repeatability(Guid.NewGuid(), DateTimeOffset.UnixEpoch), Ct)).Ok);
        Assert.True((await _automation.TransferAsync("c1", "8:acs:a_b", "x", new Repeatability(Guid.NewGuid(), DateTimeOffset.UnixEpoch), Ct)).Ok);
        Assert.True((await _automation.TransferAsync("c1", "8:orgid:0a0a", "x", new Repeatability(Guid.NewGuid(), DateTimeOffset.UnixEpoch), Ct)).Ok);
        Assert.True((await _automation.TransferAsync("c1", "28:orgid:0b0b", "x", new Repeatability(Guid.NewGuid(), DateTimeOffset.UnixEpoch), Ct)).Ok);
        Assert.True((await _automation.StopMediaAsync("c1", Ct)).Ok);
        Assert.True((await _automation.StartMediaAsync("c1", Ct)).Ok);
        Assert.False((await _automation.GetAsync("c1", Ct)).Value!.Ended);
        Assert.True((await _automation.HangUpAsync("c1", Ct)).Ok);
        Assert.Equal(PhoneOutcome.Gone, (await _automation.GetAsync("c1", Ct)).Outcome);

        Assert.Equal(
        [
            ("POST", "/calling/callConnections:reject", """{"incomingCallContext":"ctx","callRejectReason":"busy"}""", true),
            ("POST", "/calling/callConnections:redirect", """{"incomingCallContext":"ctx","target":{"kind":"phoneNumber","rawId":"4:\u002B14255550123","phoneNumber":{"value":"\u002B14255550123"}}}""", true),
            ("POST", "/calling/callConnections/c1:transferToParticipant", """{"targetParticipant":{"kind":"phoneNumber","rawId":"4:\u002B14255550123","phoneNumber":{"value":"\u002B14255550123"}},"operationContext":"x"}""", true),
            ("POST", "/calling/callConnections/c1:transferToParticipant", """{"targetParticipant":{"kind":"communicationUser","rawId":"8:acs:a_b","communicationUser":{"id":"8:acs:a_b"}},"operationContext":"x"}""", true),
            ("POST", "/calling/callConnections/c1:transferToParticipant", """{"targetParticipant":{"kind":"microsoftTeamsUser","rawId":"8:orgid:0a0a","microsoftTeamsUser":{"userId":"0a0a"}},"operationContext":"x"}""", true),
            ("POST", "/calling/callConnections/c1:transferToParticipant", """{"targetParticipant":{"kind":"microsoftTeamsApp","rawId":"28:orgid:0b0b","microsoftTeamsApp":{"appId":"0b0b"}},"operationContext":"x"}""", true),
            ("POST", "/calling/callConnections/c1:stopMediaStreaming", "{}", false),
            ("POST", "/calling/callConnections/c1:startMediaStreaming", "{}", false),
            ("GET", "/calling/callConnections/c1", "", false),
            ("POST", "/calling/callConnections/c1:terminate", "", true),
            ("GET", "/calling/callConnections/c1", "", false),
        ],
        _acs.Requests.Select(r => (r.Method, r.Path, r.Body, r.RepeatabilityId.Length > 0)));
    }

    private static RestCallAutomation Client(string connectionString) =>
        RestCallAutomation.Create(
            new AcsOptions { ConnectionString = connectionString },
            DelegatedTokenCredential.Create((_, _) => throw new InvalidOperationException("The access key is used.")), TimeProvider.System);

    private static AnswerRequest Request(TimeSpan? left = null) => new(
        new RingingCall("ctx", Pair, DateTimeOffset.UtcNow + (left ?? TimeSpan.FromSeconds(25))),
        "call-1", "https://cc.example/acs/callbacks/x", "wss://mg.example/acs/ws?ticket=t");
}
