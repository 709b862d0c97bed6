using VoiceBridge.Simulator;
using VoiceBridge.System.Tests.Harness;
using VoiceBridge.Testing;

namespace VoiceBridge.System.Tests.Failures;

public sealed class RedisLostTests
{
    private const int Calls = 30;
    private const int Gateways = 3;
    private const int PerGateway = 20;

    /// <summary>What is free: nine tenths of the capacity are for admission.</summary>
    private const int Share = Gateways * PerGateway * 9 / 10 - Calls;

    private static readonly TimeSpan Outage = TimeSpan.FromSeconds(8);

    [Theory, MemberData(nameof(RedisServers.BestKind), MemberType = typeof(RedisServers))]
    public async Task Redis_stops_or_is_emptied_and_no_call_notices(RedisKind kind)
    {
        var ct = TestContext.Current.CancellationToken;
        var redis = await RedisServer.StartAsync(kind);
        await using var system = await Systems.StartAsync(redis, options =>
            (Crowd.InProcesses(options) with { Gateways = Gateways, Controls = 2, ConnectionsPerGateway = PerGateway }).With(("Admission:RingSeconds", "12")));
        try
        {
            var crowd = await Crowd.TalkingAsync(system, Calls);

            await redis.DisposeAsync();
            var stopped = TimeProvider.System.GetTimestamp();
            // More than there is room for: the share is answered all the same, and not one beyond it.
            var rang = Crowd.Place(system, Share + 10, CallerScript.Conversation(1_000));
            await Eventually.True(() => Answered(rang) == Share, Crowd.Patience, $"{Share} callers to be answered without Redis");
            await Eventually.True(() => TimeProvider.System.GetElapsedTime(stopped) >= Outage, Crowd.Patience, "the outage to have lasted");
            Assert.Equal(Share, Answered(rang));
            redis = await RedisServer.StartAsync(kind, redis.Port);

            // Who still rings is busy when the time for that is over: the cluster knows again that it is full.
            await Eventually.True(
                () => rang.Count(call => call.State == SimulatedCallState.Rejected) == rang.Length - Share, Crowd.Patience, "the others to be busy",
                () => Crowd.Tell(rang.Where(call => call.State != SimulatedCallState.Rejected)));
            await crowd.StreamingAsync();
            await AssertCountAsync(Calls + Share);
            Crowd.AssertUntouched(crowd.Calls);
            Assert.All(rang.Where(call => call.State != SimulatedCallState.Rejected), call => Assert.True(call.MediaOpen, Crowd.Tell(call)));
            await Task.WhenAll(rang.Select(call => call.HangUpAsync()));
            await AssertCountAsync(Calls);

            await system.Cluster.Redis.GetDatabase().ExecuteAsync("FLUSHALL");
            await crowd.StreamingAsync();
            await AssertCountAsync(Calls);
            var late = Crowd.Place(system, 1, CallerScript.Start.WaitForAgent().HangUp())[0];
            await late.OverAsync(Crowd.Patience);
            Assert.True(late.Stats.AgentTurns > 0, Crowd.Tell(late));
            await Crowd.HearingAsync(crowd.Calls);
            Crowd.AssertUntouched(crowd.Calls);

            // What was forgotten is known again, to the last word: a gateway may die now.
            system.Azure!.Options.Acs.MediaReconnect = MediaReconnect.StartResumes;
            var hit = await crowd.OnAsync(system.GatewayId(system.Gateways[0].Name));
            Assert.NotEmpty(hit);
            await system.Gateways[0].KillAsync();
            await Crowd.HearingAsync(hit);
            await crowd.RememberedAsync(hit);
            Crowd.AssertUntouched(crowd.Calls.Except(hit));
            await crowd.HangUpAsync();
        }
        finally
        {
            await redis.DisposeAsync();
        }

        async Task AssertCountAsync(int expected) => await Eventually.True(
            async () => await system.Cluster.Desk.LoadAsync(ct) is { Reserved: 0 } load && load.Active == expected
                && (await system.Cluster.Calls.ListLiveAsync(ct)).Count == expected,
            Crowd.Patience,
            $"the cluster to know {expected} calls");
    }

    private static int Answered(IEnumerable<SimulatedCall> calls) => calls.Count(call => call.State == SimulatedCallState.Answered);
}
