using VoiceBridge.CallControl.Tests.Fakes;
using VoiceBridge.Cluster.Calls;
using VoiceBridge.Testing;

namespace VoiceBridge.CallControl.Tests.Calls;

/// <summary>The overflow number leads back to a number that is answered here.</summary>
public sealed class RedirectLoopTests(RedisServers servers) : ClusterTest(servers)
{
    [Fact]
    public async Task Call_ThatComesBackFromTheOverflowNumber_IsBusy_OnAnyReplica()
    {
        Settings["Admission:RingSeconds"] = "0";
        Settings["Overflow:Number"] = "+14255550123";
        var (one, two) = (await StartAsync(), await StartAsync());

        await one.DeliverAsync(Payloads.IncomingCall("one", "ctx-1"));
        Assert.Equal("overflow", (await one.CallAsync(CallIdOf("one", "ctx-1"), r => r.State is CallState.Rejected, "the redirection")).EndReason);
        await two.DeliverAsync(Payloads.IncomingCall("one", "ctx-2"));

        Assert.Equal("busy", (await two.CallAsync(CallIdOf("one", "ctx-2"), r => r.State is CallState.Rejected, "the busy tone")).EndReason);
    }

    [Fact]
    public async Task Caller_WhoIsSentRoundByTheTelephoneNetwork_IsBusyAfterAFewRounds()
    {
        Settings["Admission:RingSeconds"] = "0";
        Settings["Overflow:Number"] = "+14255550123";
        var host = await StartAsync();

        for (var i = 0; i < 12; i++)
        {
            await host.DeliverAsync(Payloads.IncomingCall($"c{i}", $"ctx-{i}"));
            await host.CallAsync(CallIdOf($"c{i}", $"ctx-{i}"), r => r.State is CallState.Rejected, "the end of the ringing");
        }

        Assert.Equal(5, Acs.Requests.Count(r => r.Path.EndsWith(":redirect", StringComparison.Ordinal)));
        Assert.Equal(7, Acs.Requests.Count(r => r.Path.EndsWith(":reject", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Call_ToTheOverflowNumberItself_IsBusy()
    {
        Settings["Admission:RingSeconds"] = "0";
        Settings["Overflow:Number"] = "+14255550199";
        var host = await StartAsync();

        await host.DeliverAsync(Payloads.IncomingCall("one", "ctx-1"));

        Assert.Equal("busy", (await host.CallAsync(CallIdOf("one", "ctx-1"), r => r.State is CallState.Rejected, "the busy tone")).EndReason);
        Assert.DoesNotContain(Acs.Requests, r => r.Path.EndsWith(":redirect", StringComparison.Ordinal));
    }
}
