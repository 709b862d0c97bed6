using System.Net.Http.Headers;
using System.Net.Http.Json;
using Microsoft.Extensions.DependencyInjection;
using VoiceBridge.CallControl.Tests.Fakes;
using VoiceBridge.Cluster.Calls;
using VoiceBridge.Cluster.Trust;
using VoiceBridge.Testing;

namespace VoiceBridge.CallControl.Tests.Calls;

public sealed class CallsApiTests(RedisServers servers) : ClusterTest(servers)
{
    private const string Unknown = "0123456789abcdef0123456789abcdef";

    [Fact]
    public async Task HangUp_EndsTheCallWithItsReason_AndOneThatIsGoneToo()
    {
        var (host, callId, connectionId) = await ConnectedAsync();

        Assert.Equal(202, await PostAsync(host, $"/calls/{callId}/hangup", new { callConnectionId = connectionId, reason = "silent" }));
        Assert.Equal(202, await PostAsync(host, $"/calls/{callId}/hangup", new { callConnectionId = connectionId, reason = "agent_ended" }));

        Assert.Equal("silent", (await host.CallAsync(callId, r => r.State is CallState.Ended, "the end")).EndReason);
        Assert.Equal(2, Acs.Requests.Count(r => r.Path.EndsWith(":terminate", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task HangUp_WithoutTheServicesId_FindsItInTheRecord()
    {
        var host = await StartAsync();
        await StartGatewayAsync(host, capacity: 10);
        var (callId, connectionId) = await AnsweredAsync(host);

        Assert.Equal(202, await PostAsync(host, $"/calls/{callId}/hangup", new { reason = "operator" }));

        Assert.Contains(Acs.Requests, r => r.Path == $"/calling/callConnections/{connectionId}:terminate");
    }

    [Fact]
    public async Task AnotherCallsId_IsRefused_AndThatCallGoesOn()
    {
        var (host, callId, connectionId) = await ConnectedAsync();
        var (other, otherConnectionId) = await AnsweredAsync(host, "two");

        Assert.Equal(409, await PostAsync(host, $"/calls/{callId}/hangup", new { callConnectionId = otherConnectionId, reason = "silent" }));
        Assert.Equal(409, await PostAsync(host, $"/calls/{callId}/transfer", new { callConnectionId = otherConnectionId, target = "+14255550123" }));

        Assert.NotEqual(connectionId, otherConnectionId);
        Assert.DoesNotContain(Acs.Requests, r => r.Path.EndsWith(":terminate", StringComparison.Ordinal) || r.Path.EndsWith(":transferToParticipant", StringComparison.Ordinal));
        Assert.NotEqual(CallState.Ended, (await host.Calls.GetAsync(other, Ct))!.State);
    }

    [Fact]
    public async Task HangUp_ForWantOfAnAgent_SendsTheCallerToTheOverflowNumber()
    {
        Settings["Overflow:Number"] = "+14255550177";
        var (host, callId, connectionId) = await ConnectedAsync();

        // Asked again, as by a client that has not heard the answer, it transfers once.
        Assert.Equal(202, await PostAsync(host, $"/calls/{callId}/hangup", new { callConnectionId = connectionId, reason = "no_agent" }));
        Assert.Equal(202, await PostAsync(host, $"/calls/{callId}/hangup", new { callConnectionId = connectionId, reason = "no_agent" }));
        await host.CallBackAsync(callId, Acs.Token(), Payloads.Callback("CallTransferAccepted", connectionId));
        await host.CallBackAsync(callId, Acs.Token(), Payloads.Callback("CallDisconnected", connectionId));

        Assert.Equal("overflow", (await host.CallAsync(callId, r => r.State is CallState.Ended, "the end")).EndReason);
        var transfer = Assert.Single(Acs.Requests, r => r.Path.EndsWith(":transferToParticipant", StringComparison.Ordinal));
        Assert.Equal("+14255550177", transfer.Json.GetProperty("targetParticipant").GetProperty("phoneNumber").GetProperty("value").GetString());
        Assert.DoesNotContain(Acs.Requests, r => r.Path.EndsWith(":terminate", StringComparison.Ordinal));
    }

    [Fact]
    public async Task HangUp_ForWantOfAnAgent_HangsUpWhereTheOverflowNumberIsRefused()
    {
        Settings["Overflow:Number"] = "+14255550177";
        var (host, callId, connectionId) = await ConnectedAsync();
        Acs.Fault = r => r.Path.EndsWith(":transferToParticipant", StringComparison.Ordinal) ? FakeAcs.Error(400, "8500", "no") : null;

        Assert.Equal(202, await PostAsync(host, $"/calls/{callId}/hangup", new { callConnectionId = connectionId, reason = "agent_lost" }));

        Assert.Equal("agent_lost", (await host.CallAsync(callId, r => r.State is CallState.Ended, "the end")).EndReason);
    }

    [Fact]
    public async Task HangUp_ForWantOfAnAgent_LeavesAloneWhoIsBeingTransferredAlready()
    {
        Settings["Overflow:Number"] = "+14255550177";
        var (host, callId, connectionId) = await ConnectedAsync();
        Assert.Equal(202, await PostAsync(host, $"/calls/{callId}/transfer", new { callConnectionId = connectionId, target = "+14255550123" }));

        Assert.Equal(202, await PostAsync(host, $"/calls/{callId}/hangup", new { callConnectionId = connectionId, reason = "agent_lost" }));

        Assert.Single(Acs.Requests, r => r.Path.EndsWith(":transferToParticipant", StringComparison.Ordinal));
        Assert.DoesNotContain(Acs.Requests, r => r.Path.EndsWith(":terminate", StringComparison.Ordinal));
    }

    [Fact]
    public async Task HangUp_ThatSomebodyWants_HangsUpDespiteAnOverflowNumber()
    {
        Settings["Overflow:Number"] = "+14255550177";
        var host = await StartAsync();
        await StartGatewayAsync(host, capacity: 10);
        var (callId, connectionId) = await AnsweredAsync(host);

        Assert.Equal(202, await PostAsync(host, $"/calls/{callId}/hangup", new { callConnectionId = connectionId, reason = "agent_ended" }));

        Assert.Equal("agent_ended", (await host.CallAsync(callId, r => r.State is CallState.Ended, "the end")).EndReason);
        Assert.DoesNotContain(Acs.Requests, r => r.Path.EndsWith(":transferToParticipant", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Requests_ThatAreWrong_AreToldWhy()
    {
        var host = await StartAsync();

        Assert.Equal(400, await PostAsync(host, $"/calls/{Unknown}/hangup", new { callConnectionId = "c", reason = "because" }));
        Assert.Equal(400, await PostAsync(host, $"/calls/{Unknown}/transfer", new { callConnectionId = "c", target = "home" }));
        Acs.Gone["c"] = 0;
        Assert.Equal(409, await PostAsync(host, $"/calls/{Unknown}/transfer", new { callConnectionId = "c", target = "+14255550123" }));
    }

    [Fact]
    public async Task Requests_NeedTheClustersToken()
    {
        var host = await StartAsync();
        var tokens = host.Services.GetRequiredService<ClusterTokens>();

        Assert.Equal(401, await PostAsync(host, $"/calls/{Unknown}/hangup", new { callConnectionId = "c" }, token: ""));
        Assert.Equal(401, await PostAsync(host, $"/calls/{Unknown}/hangup", new { callConnectionId = "c" }, token: "garbage"));
        Assert.Equal(401, await PostAsync(host, $"/calls/{Unknown}/transfer", new { callConnectionId = "c" }, token: tokens.Issue("another")));
        Assert.Empty(Acs.Requests);
    }

    [Fact]
    public async Task Transfer_ThatFails_TellsNoNumber()
    {
        Acs.Fault = r => r.Path.EndsWith(":transferToParticipant", StringComparison.Ordinal)
            ? FakeAcs.Error(404, "8522", "Call not found for target 4:+14255550111 (callee%3D4%3A%2B14255550111).") : null;
        var host = await StartAsync();

        using var response = await SendAsync(host, $"/calls/{Unknown}/transfer", new { callConnectionId = "c", target = "+14255550111" });

        var answer = await response.Content.ReadAsStringAsync(Ct);
        Assert.Equal(409, (int)response.StatusCode);
        Assert.Contains("Call not found for target 4:(number)", answer, StringComparison.Ordinal);
        Assert.DoesNotContain("4255550111", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Transfer_SentAgain_IsTheSameTransfer_OnAnyReplica()
    {
        var (host, callId, connectionId) = await ConnectedAsync();
        var other = await StartAsync();
        var request = new { callConnectionId = connectionId, target = "+14255550123", requestId = "tool-call-7" };

        Assert.Equal(202, await PostAsync(host, $"/calls/{callId}/transfer", request));
        Assert.Equal(202, await PostAsync(other, $"/calls/{callId}/transfer", request));

        Assert.Single(Acs.Requests, r => r.Path.EndsWith(":transferToParticipant", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Transfer_ToTheNumberThatWasDialled_IsRefused()
    {
        var (host, callId, connectionId) = await ConnectedAsync();

        Assert.Equal(409, await PostAsync(host, $"/calls/{callId}/transfer", new { callConnectionId = connectionId, target = "+14255550199" }));

        Assert.DoesNotContain(Acs.Requests, r => r.Path.EndsWith(":transferToParticipant", StringComparison.Ordinal));
    }

    [Fact]
    public async Task HangUp_ThatTheServiceDoesNotTake_IsAskedForAgainUntilItDoes()
    {
        var (host, callId, connectionId) = await ConnectedAsync();
        var refused = 0;
        // A refusal of our credentials is answered at once, and says nothing of the call.
        Acs.Fault = r => r.Path.EndsWith(":terminate", StringComparison.Ordinal) && Interlocked.Increment(ref refused) <= 2 ? FakeAcs.Error(401, "1", "no") : null;

        Assert.Equal(502, await PostAsync(host, $"/calls/{callId}/hangup", new { callConnectionId = connectionId, reason = "operator" }));

        Assert.Equal("operator", (await host.CallAsync(callId, r => r.State is CallState.Ended, "the end")).EndReason);
        Assert.Equal(3, refused);
    }

    [Fact]
    public async Task HangUp_ThatIsRefused_LeavesNoReasonBehind()
    {
        var (host, callId, connectionId) = await ConnectedAsync();
        Acs.Fault = r => r.Path.EndsWith(":terminate", StringComparison.Ordinal) ? FakeAcs.Error(400, "8500", "no") : null;

        Assert.Equal(409, await PostAsync(host, $"/calls/{callId}/hangup", new { callConnectionId = connectionId, reason = "operator" }));
        await host.CallBackAsync(callId, Acs.Token(), Payloads.Callback("CallDisconnected", connectionId));

        Assert.Equal("caller_hung_up", (await host.CallAsync(callId, r => r.State is CallState.Ended, "the end")).EndReason);
    }

    internal static async Task<int> PostAsync(CallControlHost host, string path, object body, string? token = null)
    {
        using var response = await SendAsync(host, path, body, token);
        return (int)response.StatusCode;
    }

    private static async Task<HttpResponseMessage> SendAsync(CallControlHost host, string path, object body, string? token = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = JsonContent.Create(body) };
        token ??= host.Services.GetRequiredService<ClusterTokens>().Issue("callcontrol");
        if (token.Length > 0) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return await host.Http.SendAsync(request, Ct);
    }
}
