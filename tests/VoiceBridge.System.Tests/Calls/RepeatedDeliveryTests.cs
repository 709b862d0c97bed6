using VoiceBridge.Simulator;
using VoiceBridge.System.Tests.Harness;
using VoiceBridge.Testing;

namespace VoiceBridge.System.Tests.Calls;

/// <summary>Counts answers by the process's metrics.</summary>
[Collection<Alone>, Trait(Alone.Counts, "process")]
public sealed class RepeatedDeliveryTests(RedisServers servers)
{
    [Theory, MemberData(nameof(RedisServers.BestKind), MemberType = typeof(RedisServers))]
    public async Task An_event_delivered_five_times_at_once_to_three_replicas_is_answered_once(RedisKind kind)
    {
        await using var system = await Systems.StartAsync(servers, kind, options => options with { Controls = 3, Simulate = azure => azure.Duplicates = 5 });
        using var counted = new MetricCount("voicebridge.calls", "outcome", "answered");

        var calls = Enumerable.Range(0, 10).Select(_ => system.Azure!.PlaceCall(new CallPlan { Script = CallerScript.Start.WaitForAgent().HangUp() })).ToArray();
        foreach (var call in calls) await call.OverAsync();

        Assert.All(calls, call => Assert.Equal(1, call.Stats.MediaSockets));
        Assert.All(calls, call => Assert.True(call.Stats.FramesHeard > 0));
        await system.EmptyAsync();
        Assert.Equal(calls.Length, counted.Count);
        Assert.Equal(calls.Length, (await system.Cluster.Calls.ListRecentAsync(100, TestContext.Current.CancellationToken)).Count);
    }
}
