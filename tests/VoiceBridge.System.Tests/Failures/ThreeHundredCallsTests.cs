using VoiceBridge.Simulator;
using VoiceBridge.System.Tests.Harness;
using VoiceBridge.Testing;

namespace VoiceBridge.System.Tests.Failures;

[Collection<Alone>]
public sealed class ThreeHundredCallsTests(RedisServers servers)
{
    private const int Offered = 300;
    private const int Room = 100;

    [Theory, MemberData(nameof(RedisServers.BestKind), MemberType = typeof(RedisServers))]
    public async Task Three_hundred_calls_to_room_for_a_hundred_are_served_in_turn_or_busy_and_never_too_many(RedisKind kind)
    {
        var ct = TestContext.Current.CancellationToken;
        // A tenth is kept free, since ingress does not know which gateway has room: 112 - 11.2.
        await using var system = await Systems.StartAsync(servers, kind, options =>
            (options with { Gateways = 2, Controls = 2, ConnectionsPerGateway = 56 }).With(("Admission:RingSeconds", "15")));

        var calls = Crowd.Place(system, Offered, CallerScript.Start.WaitForAgent(Crowd.Patience).HangUp());
        var most = 0;
        var mostSlots = 0;
        await Eventually.True(
            async () =>
            {
                most = Math.Max(most, calls.Count(call => call.State == SimulatedCallState.Answered));
                var load = await system.Cluster.Desk.LoadAsync(ct);
                mostSlots = Math.Max(mostSlots, load.Active + load.Reserved);
                return calls.All(call => call.WhenEnded.IsCompleted);
            },
            TimeSpan.FromSeconds(180),
            "all calls to be over");

        Assert.Equal(Room, most);
        Assert.Equal(Room, mostSlots);
        var served = calls.Where(call => call.Stats.TimeToAnswer is not null).ToArray();
        Assert.InRange(served.Length, Room + 1, Offered);
        Assert.All(served, call => Assert.True(call.EndReason == "caller hung up" && call.Stats.AgentTurns > 0, Crowd.Tell(call)));
        Assert.All(calls.Except(served), call => Assert.Equal(SimulatedCallState.Rejected, call.State));
        await system.EmptyAsync();
    }

    [Theory, MemberData(nameof(RedisServers.BestKind), MemberType = typeof(RedisServers))]
    public async Task Those_who_wait_are_served_in_the_order_in_which_they_rang_whichever_replica_has_them(RedisKind kind)
    {
        const int room = 3;
        const int waiting = 6;
        var ct = TestContext.Current.CancellationToken;
        await using var system = await Systems.StartAsync(servers, kind, options =>
            (options with { Controls = 2, ConnectionsPerGateway = room }).With(("Admission:Headroom", "0"), ("Admission:RingSeconds", "25")));

        var talking = new Queue<SimulatedCall>(Crowd.Place(system, room, CallerScript.Start.WaitForAgent()));
        await Eventually.True(() => talking.All(call => call.Heard.Count > 0), Crowd.Patience, "all slots to be taken");
        var queue = new List<SimulatedCall>();
        for (var i = 1; i <= waiting; i++)
        {
            queue.AddRange(Crowd.Place(system, 1, CallerScript.Start.WaitForAgent()));
            await Eventually.True(async () => (await system.Cluster.Desk.LoadAsync(ct)).Waiting == i, Crowd.Patience, $"{i} to wait");
        }

        for (var i = 0; i < waiting; i++)
        {
            await talking.Dequeue().HangUpAsync();
            await queue[i].AnsweredAsync();
            Assert.All(queue.Skip(i + 1), call => Assert.Equal(SimulatedCallState.Ringing, call.State));
            talking.Enqueue(queue[i]);
        }

        await Task.WhenAll(talking.Select(call => call.HangUpAsync()));
        await system.EmptyAsync();
    }
}
