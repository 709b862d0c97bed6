using Microsoft.Extensions.DependencyInjection;
using VoiceBridge.CallControl.Tests.Fakes;
using VoiceBridge.Testing;

namespace VoiceBridge.CallControl.Tests.Calls;

public sealed class OfflineModeTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task WithoutRedis_AReplicaThatStopsLeavesNobodyToRingOut()
    {
        await using var acs = await FakeAcs.StartAsync();
        var redis = await RedisServer.StartAsync(RedisKind.Garnet);
        var settings = CallControlHost.Settings(redis.ConnectionString, RedisServers.UniqueName(), acs);
        settings["Admission:RingSeconds"] = "25";
        await using var host = await CallControlHost.StartAsync(settings);
        await redis.DisposeAsync();
        var watch = host.Services.GetRequiredService<ClusterWatch>();
        await Eventually.True(() => watch is { Reachable: false, Last: null } or { Reachable: false, Last.Load.Capacity: 0 }, what: "the loss of Redis being seen");
        await host.DeliverAsync(Payloads.IncomingCall("c1", "ctx-1"));
        await Eventually.True(() => host.Services.GetRequiredService<CallWork>().Running > 0, what: "the call to wait");

        await host.StopAsync();

        Assert.Single(acs.Requests, r => r.Path.EndsWith(":reject", StringComparison.Ordinal));
    }

    [Fact]
    public async Task WithoutRedis_AReplicaAnswersItsShare_AndTheRestIsBusy_AndTheRecordsComeLater()
    {
        await using var acs = await FakeAcs.StartAsync();
        var redis = await RedisServer.StartAsync(RedisKind.Garnet);
        var settings = CallControlHost.Settings(redis.ConnectionString, RedisServers.UniqueName(), acs);
        settings["Admission:RingSeconds"] = "8";
        settings["Admission:Headroom"] = "0";
        await using var host = await CallControlHost.StartAsync(settings);
        await using (await FakeGateway.StartAsync(host.Services, capacity: 6))
        {
            var share = host.Services.GetRequiredService<OfflineAllowance>();
            await Eventually.True(() => share.Free == 3, what: "a share of 3");
            var port = redis.Port;
            await redis.DisposeAsync();
            var watch = host.Services.GetRequiredService<ClusterWatch>();
            await Eventually.True(() => !watch.Reachable, what: "the loss of Redis being seen");

            // The same event may come twice, here as everywhere.
            foreach (var i in (int[])[1, 2, 3, 4, 5, 1, 2])
                Assert.Equal(200, (int)(await host.DeliverAsync(Payloads.IncomingCall($"c{i}", $"ctx-{i}"))).StatusCode);

            await Eventually.True(() => acs.Answered == 3 && acs.Requests.Count(r => r.Path.EndsWith(":reject", StringComparison.Ordinal)) == 2, what: "3 answers, 2 rejections");

            redis = await RedisServer.StartAsync(RedisKind.Garnet, port);
            await Eventually.True(
                async () =>
                {
                    try
                    {
                        return (await host.Calls.ListLiveAsync(Ct)).Count(c => c.CallConnectionId is not null && c.From == "+14255550100") == 3;
                    }
                    catch (StackExchange.Redis.RedisException)
                    {
                        return false;
                    }
                },
                what: "the records of the answered calls");
        }

        await redis.DisposeAsync();
    }

    [Fact]
    public async Task WithoutRedis_ACallThatLosesItsMediaIsOfferedASocketOnce_AndNeverCut()
    {
        await using var acs = await FakeAcs.StartAsync();
        var redis = await RedisServer.StartAsync(RedisKind.Garnet);
        await using var host = await CallControlHost.StartAsync(CallControlHost.Settings(redis.ConnectionString, RedisServers.UniqueName(), acs));
        await redis.DisposeAsync();
        var watch = host.Services.GetRequiredService<ClusterWatch>();
        await Eventually.True(() => !watch.Reachable, what: "the loss of Redis being seen");
        const string CallId = "0123456789abcdef0123456789abcdef";

        await host.CallBackAsync(CallId, acs.Token(), Payloads.Callback("MediaStreamingStopped"), Payloads.Callback("MediaStreamingFailed"));

        await Eventually.True(() => acs.Requests.Any(r => r.Path.EndsWith(":startMediaStreaming", StringComparison.Ordinal)), what: "the offer of a socket");
        await host.StopAsync();
        Assert.Equal(["GET", "POST"], acs.Requests.Select(r => r.Method));
    }
}
