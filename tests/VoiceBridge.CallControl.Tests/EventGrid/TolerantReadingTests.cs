using VoiceBridge.CallControl.Tests.Calls;
using VoiceBridge.CallControl.Tests.Fakes;
using VoiceBridge.Cluster.Calls;
using VoiceBridge.Testing;

namespace VoiceBridge.CallControl.Tests.EventGrid;

/// <summary>Ringing phones whose event is not quite what the documentation says.</summary>
public sealed class TolerantReadingTests(RedisServers servers) : ClusterTest(servers)
{
    public static TheoryData<string, string, string> Odd => new()
    {
        { "no data version", "\"dataVersion\":\"1.0\",", "" },
        { "a null data version", "\"dataVersion\":\"1.0\"", "\"dataVersion\":null" },
        { "a custom context that is text", "\"customContext\":{\"sipHeaders\":{\"User-To-User\":\"x\"},\"voipHeaders\":null}", "\"customContext\":\"x\"" },
        { "a flag that is text", "\"callerDisplayName\":\"\"", "\"isAnonymous\":\"false\"" },
        { "half a surrogate pair", "\"callerDisplayName\":\"\"", "\"onBehalfOfCallee\":{\"rawId\":\"\\ud800\"}" },
        { "half a surrogate pair in a name", "\"callerDisplayName\":\"\"", "\"incoming\\ud800\":1,\"fro\\ud800\":1,\"t\\ud800\":1" },
        { "an event time that is none", "\"metadataVersion\":\"1\"", "\"metadataVersion\":1" },
    };

    [Theory, MemberData(nameof(Odd))]
    public async Task IncomingCall_IsAnswered_Despite(string what, string documented, string odd)
    {
        var host = await StartAsync();
        await StartGatewayAsync(host, capacity: 10);
        var body = Payloads.IncomingCall(what, "ctx-one");
        Assert.Contains(documented, body, StringComparison.Ordinal);

        (await host.DeliverAsync(body.Replace(documented, odd, StringComparison.Ordinal))).EnsureSuccessStatusCode();

        await host.CallAsync(CallIdOf(what, "ctx-one"), r => r.CallConnectionId is not null, "the answer");
    }

    [Fact]
    public async Task IncomingCall_WithAByteOrderMark_AndWithoutACorrelationId_IsAnswered()
    {
        var host = await StartAsync();
        await StartGatewayAsync(host, capacity: 10);
        var body = "\uFEFF" + Payloads.IncomingCall("one", "ctx-one").Replace("\"correlationId\":\"one\"", "\"other\":1", StringComparison.Ordinal);

        (await host.DeliverAsync(body)).EnsureSuccessStatusCode();

        await host.CallAsync(CallIdOf("", "ctx-one"), r => r.CallConnectionId is not null, "the answer");
    }

    [Fact]
    public async Task IncomingCall_WithoutItsContext_IsCountedAndLogged_AndSpoilsNoOther()
    {
        var host = await StartAsync();
        await StartGatewayAsync(host, capacity: 10);
        var lost = Payloads.IncomingCall("lost", "ctx-lost").Replace("incomingCallContext", "another", StringComparison.Ordinal);

        Assert.Equal(200, (int)(await host.DeliverAsync($"[{lost},{Payloads.IncomingCall("one", "ctx-one")}]")).StatusCode);

        await host.CallAsync(CallIdOf("one", "ctx-one"), r => r.CallConnectionId is not null, "the answer");
        Assert.Single(host.Logs.Lines, l => l.Contains("data.incomingCallContext is missing", StringComparison.Ordinal));
    }

    [Fact]
    public async Task CallToATeamsResourceAccount_IsForTheNumberThatWasDialled()
    {
        var host = await StartAsync();
        await StartGatewayAsync(host, capacity: 10);
        var body = Payloads.IncomingCall("one", "ctx-one", onBehalfOf: "X").Replace(
            """{"kind":"phoneNumber","rawId":"4:X","phoneNumber":{"value":"X"} }""",
            """{"kind":"microsoftTeamsApp","rawId":"28:orgid:0a0a","microsoftTeamsApp":{"appId":"0a0a"} }""", StringComparison.Ordinal);
        Assert.Contains("28:orgid", body, StringComparison.Ordinal);

        await host.DeliverAsync(body);

        Assert.Equal("+14255550199", (await host.CallAsync(CallIdOf("one", "ctx-one"), r => r.State >= CallState.Ringing, "the call")).To);
    }

    [Theory]
    [InlineData("not json", 503)]
    [InlineData("", 503)]
    [InlineData("[{},5]", 200)]
    [InlineData("""{"eventType":"X"}""", 200)]
    public async Task Body_ThatCannotBeReadAtAll_ShouldComeAgain_AndABadEventNot(string body, int status)
    {
        var host = await StartAsync();

        Assert.Equal(status, (int)(await host.DeliverAsync(body)).StatusCode);
        Assert.Single(host.Logs.Lines, l => l.Contains("cannot be read", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Handshake_WithoutTheKey_IsNotAnsweredWhereOnlyKeysAreUsed()
    {
        Settings.Remove("EventGrid:TenantId");
        Settings.Remove("EventGrid:Audience");
        var host = await StartAsync();

        var reply = await host.DeliverAsync($"[{Payloads.Validation("code-1")}]", code: null, request =>
        {
            request.Headers.Add("aeg-event-type", "SubscriptionValidation");
            request.Headers.Add("aeg-subscription-name", "calls");
        });

        Assert.Equal(401, (int)reply.StatusCode);
    }
}
