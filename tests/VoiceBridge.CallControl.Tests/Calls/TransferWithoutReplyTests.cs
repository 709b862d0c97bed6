using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using VoiceBridge.CallControl.Tests.Fakes;
using VoiceBridge.Cluster.Calls;
using VoiceBridge.Cluster.Connections;
using VoiceBridge.Testing;

namespace VoiceBridge.CallControl.Tests.Calls;

/// <summary>The service did not say what came of a transfer: the target may be ringing.</summary>
public sealed class TransferWithoutReplyTests(RedisServers servers) : ClusterTest(servers)
{
    [Fact]
    public async Task Transfer_IsNotTakenForFailed_AndItsCallerIsLeftAlone()
    {
        var (host, callId, connectionId) = await UnansweredAsync();

        Assert.Equal((false, false), await OutcomeAsync(host, callId));
        Assert.DoesNotContain(await host.Calls.ListEventsAsync(callId, Ct), e => e.Kind == Transfers.FailedEvent);

        await host.Calls.MarkMediaLostAsync(callId, null, Ct);
        await host.CallAsync(callId, r => r.Media is MediaState.Recovering, "the recovery that waits for the transfer");
        await host.CallBackAsync(callId, Acs.Token(), Payloads.Callback("CallTransferAccepted", connectionId));
        await host.CallBackAsync(callId, Acs.Token(), Payloads.Callback("CallDisconnected", connectionId));

        // The two notices are handled at once: the later of them puts the reason right.
        await host.CallAsync(callId, r => r is { State: CallState.Ended, EndReason: "transferred" }, "the end by the transfer");
        Assert.DoesNotContain(Acs.Requests, r => r.Path.EndsWith(":startMediaStreaming", StringComparison.Ordinal) || r.Path.EndsWith(":terminate", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Transfer_ThatWasAccepted_HasNotFailed_InWhateverOrderThatIsHeard()
    {
        var (host, callId, connectionId) = await UnansweredAsync();

        await host.CallBackAsync(callId, Acs.Token(), Payloads.Callback("CallTransferAccepted", connectionId));
        await host.CallAsync(callId, r => r.Transfer is { Accepted: true }, "the acceptance");
        await host.CallBackAsync(callId, Acs.Token(), Payloads.Callback("CallTransferFailed", connectionId));
        await Eventually.True(async () => (await host.Calls.ListEventsAsync(callId, Ct)).Any(e => e.Kind == Transfers.FailedEvent), what: "the failure in the timeline");

        Assert.Equal((true, false), await OutcomeAsync(host, callId));
    }

    [Fact]
    public async Task Transfer_ThatIsHeardToHaveFailed_IsFollowedByARecovery()
    {
        var (host, callId, connectionId) = await UnansweredAsync();
        await host.CallBackAsync(callId, Acs.Token(), Payloads.Callback("CallTransferFailed", connectionId));
        await host.CallAsync(callId, r => r.Transfer is { Failed: true }, "the failure");

        await host.Calls.MarkMediaLostAsync(callId, null, Ct);

        await Eventually.True(() => Acs.Requests.Any(r => r.Path.EndsWith(":startMediaStreaming", StringComparison.Ordinal)), what: "the media being asked for");
    }

    private static async Task<(bool Accepted, bool Failed)> OutcomeAsync(CallControlHost host, string callId)
    {
        var transfer = (await host.Calls.GetAsync(callId, Ct))!.Transfer!;
        return (transfer.Accepted, transfer.Failed);
    }

    /// <summary>A call with media whose transfer got no reply: 502 to whoever asked for it.</summary>
    private async Task<(CallControlHost Host, string CallId, string ConnectionId)> UnansweredAsync()
    {
        var (host, callId, connectionId) = await ConnectedAsync();
        await Gateway.OpenAsync(
            host.Services.GetRequiredService<ConnectionDirectory>(),
            new ConnectionRecord { CallId = callId, ConnectionId = "socket-1", GatewayId = "gateway-1", ConnectedAt = DateTimeOffset.UtcNow });
        Acs.Fault = r => r.Path.EndsWith(":transferToParticipant", StringComparison.Ordinal) ? Results.StatusCode(503) : null;

        Assert.Equal(502, await CallsApiTests.PostAsync(host, $"/calls/{callId}/transfer", new { callConnectionId = connectionId, target = "+14255550123" }));
        return (host, callId, connectionId);
    }
}
