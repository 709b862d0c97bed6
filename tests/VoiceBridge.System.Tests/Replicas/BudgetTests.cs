using VoiceBridge.Simulator;
using VoiceBridge.System.Tests.Harness;
using VoiceBridge.Testing;

namespace VoiceBridge.System.Tests.Replicas;

public sealed class BudgetTests(RedisServers servers)
{
    private const int Calls = 50;
    private const int PerMinute = 30;

    [Theory, MemberData(nameof(RedisServers.BestKind), MemberType = typeof(RedisServers))]
    public async Task Fifty_calls_in_a_second_on_a_budget_of_sixty_are_served_or_busy_but_never_silent(RedisKind kind)
    {
        await using var system = await Systems.StartAsync(servers, kind, options => (options with { Gateways = 2, Controls = 2, Simulate = Limit })
            .With(("Admission:RingSeconds", "8")));

        var calls = Enumerable.Range(0, Calls)
            .Select(i => system.Azure!.PlaceCall(new CallPlan { From = $"+1425555{i:0000}", Script = CallerScript.Start.WaitForAgent().HangUp() }))
            .ToArray();
        foreach (var call in calls) await call.OverAsync(TimeSpan.FromSeconds(120));

        var served = calls.Where(call => call.Stats.TimeToAnswer is not null).ToArray();
        Assert.All(served, call => Assert.True(call.Stats.AgentTurns > 0, $"{call.Plan.From} was answered and heard nothing."));
        Assert.All(calls.Except(served), call => Assert.Equal(SimulatedCallState.Rejected, call.State));
        // Admission leaves recovery its reserve (30 %) of both endpoints.
        Assert.InRange(served.Length, 1, 2 * PerMinute);
        Assert.NotEqual(Calls, served.Length);
        Assert.Equal(2, system.Azure!.Sessions.Select(session => session.Endpoint).Distinct().Count());
        Assert.Equal(0, system.Azure.VoiceLiveRefused);
        await system.EmptyAsync();
    }

    private static void Limit(SimulatorOptions azure)
    {
        azure.VoiceLive.Endpoints["east"] = new VoiceLiveEndpointOptions { ConnectionsPerMinute = PerMinute };
        azure.VoiceLive.Endpoints["west"] = new VoiceLiveEndpointOptions { ConnectionsPerMinute = PerMinute };
    }
}
