using VoiceBridge.Cluster.Calls;
using VoiceBridge.Simulator;
using VoiceBridge.System.Tests.Harness;
using VoiceBridge.Testing;

namespace VoiceBridge.System.Tests.Calls;

/// <summary>What Event Grid and the answer may do wrong.</summary>
public sealed class DeliveryTests(RedisServers servers)
{
    [Fact]
    public async Task Every_call_of_a_mixed_batch_is_answered()
    {
        await using var system = await Systems.StartAsync(servers, RedisKind.Garnet, options => options with { Simulate = azure => azure.BatchSize = 10 });
        await using var mixer = await BatchMixer.StartAsync(system.Webhook);
        system.Azure!.Options.Webhook = mixer.Address;

        var calls = Enumerable.Range(0, 4).Select(_ => system.Azure.PlaceCall(new CallPlan { Script = CallerScript.Start.WaitForAgent().HangUp() })).ToArray();

        foreach (var call in calls) await call.OverAsync();
        Assert.True(mixer.Batches > 0);
        Assert.All(calls, call => Assert.True(call.Stats.FramesHeard > 0));
        Assert.All(mixer.Statuses, status => Assert.Equal(200, status));
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task An_answer_that_fails_with_500_twice_is_answered_once_whether_or_not_it_had_happened(bool happened)
    {
        await using var system = await Systems.StartAsync(servers, RedisKind.Garnet, options => options with
        {
            Simulate = azure =>
            {
                if (happened) azure.Acs.LoseAnswerTimes = 2;
                else azure.Acs.FailAnswerTimes = 2;
            },
        });

        var call = system.Azure!.PlaceCall(new CallPlan { Script = CallerScript.Start.WaitForAgent().HangUp() });
        await call.OverAsync();

        Assert.True(call.Stats.FramesHeard > 0);
        Assert.Equal(1, call.Stats.MediaSockets);
        var record = await system.RecordAsync(call, r => r.State == CallState.Ended);
        Assert.Equal(call.CallConnectionId, record.CallConnectionId);
    }

    [Fact]
    public async Task A_wrong_access_key_answers_nothing_and_gives_the_slot_back()
    {
        const string wrong = "d3Jvbmctd3Jvbmctd3Jvbmctd3Jvbmctd3Jvbmctd3I=";
        await using var system = await Systems.StartAsync(servers, RedisKind.Garnet, options => options with { Simulate = azure => azure.AccessKey = wrong });
        // The services were given that key; now ACS knows another one.
        system.Azure!.Options.AccessKey = "cmlnaHQtcmlnaHQtcmlnaHQtcmlnaHQtcmlnaHQtcmk=";

        var call = system.Azure.PlaceCall(new CallPlan { GiveUpAfter = TimeSpan.FromSeconds(10) });
        await call.OverAsync();

        Assert.Equal(SimulatedCallState.MissedRinging, call.State);
        var record = await system.RecordAsync(call, r => r.State is CallState.Ended or CallState.Rejected);
        Assert.Equal("answer_failed", record.EndReason);
        await system.EmptyAsync();
    }

    [Fact]
    public async Task A_context_that_has_expired_ends_the_attempt_and_gives_the_slot_back()
    {
        await using var system = await Systems.StartAsync(servers, RedisKind.Garnet, options => options with
        {
            Simulate = azure => (azure.Acs.RingSeconds, azure.Acs.RestDelay) = (1, TimeSpan.FromSeconds(2)),
        });

        var call = system.Azure!.PlaceCall(new CallPlan());
        await call.OverAsync();

        Assert.Equal(SimulatedCallState.MissedRinging, call.State);
        var record = await system.RecordAsync(call, r => r.State is CallState.Ended or CallState.Rejected);
        Assert.Contains(record.EndReason, (string[])["answer_failed", "missed"]);
        await system.EmptyAsync();
    }

    [Fact]
    public async Task A_webhook_without_the_right_key_is_refused_and_answers_nothing()
    {
        await using var system = await Systems.StartAsync(servers, RedisKind.Garnet);
        system.Azure!.Options.Webhook = new Uri(system.CallControl, "/acs/incomingcall?code=guessed");

        var call = system.Azure.PlaceCall(new CallPlan { GiveUpAfter = TimeSpan.FromSeconds(3) });
        await call.OverAsync();

        Assert.Equal(SimulatedCallState.MissedRinging, call.State);
        Assert.Empty(await system.Cluster.Calls.ListLiveAsync(TestContext.Current.CancellationToken));
        Assert.Empty(await system.Cluster.Calls.ListRecentAsync(10, TestContext.Current.CancellationToken));
    }
}
