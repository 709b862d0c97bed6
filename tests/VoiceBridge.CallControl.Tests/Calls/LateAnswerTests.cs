using VoiceBridge.CallControl.Tests.Fakes;
using VoiceBridge.Cluster.Calls;
using VoiceBridge.Testing;

namespace VoiceBridge.CallControl.Tests.Calls;

/// <summary>Calls that were given up, and that the phone service had answered all the same.</summary>
public class LateAnswerTests(RedisServers servers) : ClusterTest(servers)
{
    [Theory]
    [InlineData("CallConnected")]
    [InlineData("MediaStreamingFailed")]
    public async Task Call_ThatWasGivenUp_AndIsAnsweredAllTheSame_IsHungUp(string notice)
    {
        Acs.Fault = r => r.IsAnswer ? FakeAcs.Error(400, "1", "no") : null;
        var host = await StartAsync();
        await StartGatewayAsync(host, capacity: 10);
        await host.DeliverAsync(Payloads.IncomingCall("one", "ctx-one"));
        var callId = CallIdOf("one", "ctx-one");
        await host.CallAsync(callId, r => r.State is CallState.Rejected, "the busy tone");

        await host.CallBackAsync(callId, Acs.Token(), Payloads.Callback(notice, "late-leg"));

        await Eventually.True(
            () => Acs.Requests.Any(r => r.Path == "/calling/callConnections/late-leg:terminate"), what: "the hang-up of a caller whom nobody serves");
        Assert.Equal("answer_failed", (await host.Calls.GetAsync(callId, Ct))!.EndReason);
    }

    [Fact]
    public async Task HangUpOfALateAnswer_IsAskedForUntilItIsConfirmed()
    {
        var refused = 0;
        Acs.Fault = r => r.IsAnswer ? FakeAcs.Error(400, "1", "no")
            : r.Path.EndsWith(":terminate", StringComparison.Ordinal) && Interlocked.Increment(ref refused) == 1 ? FakeAcs.Error(401, "1", "no") : null;
        var host = await StartAsync();
        await StartGatewayAsync(host, capacity: 10);
        await host.DeliverAsync(Payloads.IncomingCall("one", "ctx-one"));
        var callId = CallIdOf("one", "ctx-one");
        await host.CallAsync(callId, r => r.State is CallState.Rejected, "the busy tone");

        await host.CallBackAsync(callId, Acs.Token(), Payloads.Callback("CallConnected", "late-leg"));

        await host.CallAsync(callId, r => refused == 2 && r.HangUpReason is null, "the hang-up being confirmed");
    }
}
