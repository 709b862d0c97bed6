using VoiceBridge.CallControl.Tests.Fakes;
using VoiceBridge.Cluster.Calls;
using VoiceBridge.Simulator;
using VoiceBridge.Testing;

namespace VoiceBridge.CallControl.Tests.Calls;

/// <summary>The service against the simulated Azure, which reads the protocols by itself.</summary>
public sealed class SimulatedAzureTests(RedisServers servers)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static TheoryData<string> Modes => ["plain", "cloud events", "two failures", "a lost answer", "throttled", "everything twice and reordered", "socket first"];

    [Theory]
    [MemberData(nameof(Modes))]
    public async Task Call_IsAnsweredOnce_AndFollowedToItsEnd(string mode)
    {
        await using var azure = await SimulatedAzure.StartAsync(Options(mode), ct: Ct);
        await using var media = await MediaSink.StartAsync();
        var address = $"http://127.0.0.1:{FreePort.Find()}";
        var redis = await servers.GetAsync(RedisKind.Garnet);
        await using var acs = await FakeAcs.StartAsync();
        var settings = CallControlHost.Settings(redis.ConnectionString, RedisServers.UniqueName(), acs);
        settings["Acs:ConnectionString"] = azure.AcsConnectionString;
        settings["Acs:OpenIdConfiguration"] = azure.OpenIdConfiguration.AbsoluteUri;
        settings["Acs:ResourceId"] = azure.Options.ResourceId;
        settings["CallControl:PublicUrl"] = address;
        settings["Media:PublicUrl"] = media.Address;
        await using var host = await CallControlHost.StartAsync(settings, address: address);
        await using var gateway = await FakeGateway.StartAsync(host.Services, capacity: 10);
        azure.Options.Webhook = new Uri($"{address}/acs/incomingcall?code={CallControlHost.Key}");
        await azure.SubscribeAsync(Ct);

        var call = azure.PlaceCall(new CallPlan { Script = CallerScript.Start });
        await Eventually.True(() => call.State is SimulatedCallState.Answered && media.Sockets > 0, what: "the answered call with its media");
        var live = await Eventually.Get(
            () => host.Calls.ListLiveAsync(Ct), calls => calls.Any(c => c is { State: CallState.Connected, CallConnectionId: not null }), what: "the connected call");
        var record = Assert.Single(live);
        Assert.Equal((call.CorrelationId, call.CallConnectionId), (record.CorrelationId, record.CallConnectionId));

        await call.HangUpAsync();

        record = await host.CallAsync(record.CallId, r => r.State is CallState.Ended, "the end");
        Assert.Equal("caller_hung_up", record.EndReason);
        Assert.Equal(0, azure.Deliveries.GivenUp);
    }

    private static SimulatorOptions Options(string mode)
    {
        var options = new SimulatorOptions();
        switch (mode)
        {
            case "cloud events":
                options.CloudEvents = true;
                break;
            case "two failures":
                options.Acs.FailAnswerTimes = 2;
                break;
            case "a lost answer":
                options.Acs.LoseAnswerTimes = 1;
                break;
            case "throttled":
                options.Acs.ThrottleTimes = 1;
                break;
            case "everything twice and reordered":
                options.Duplicates = 2;
                options.Reorder = true;
                options.Acs.CallbackDuplicates = 2;
                options.Acs.CallbackReorder = true;
                break;
            case "socket first":
                options.Acs.SocketBeforeConnected = true;
                break;
        }

        return options;
    }
}
