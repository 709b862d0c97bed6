using VoiceBridge.Simulator;
using VoiceBridge.System.Tests.Failures;
using VoiceBridge.System.Tests.Harness;
using VoiceBridge.Testing;

namespace VoiceBridge.System.Tests.Twilio;

/// <summary>Calls over Twilio outlive the gateway that carries them.</summary>
public sealed class TwilioFailureTests(RedisServers servers)
{
    [Fact]
    public Task Calls_of_a_killed_gateway_go_on_elsewhere_or_end_cleanly() => KillAsync(calls: 9);

    /// <summary>As ordered.</summary>
    [Fact(Explicit = true)]
    public Task Twenty_calls_of_a_killed_gateway_go_on_elsewhere_or_end_cleanly() => KillAsync(calls: 20);

    /// <summary>What Twilio does when a socket breaks is not documented: each possibility has its turn, on one system.</summary>
    private async Task KillAsync(int calls)
    {
        await using var system = await Systems.StartAsync(servers, RedisKind.Garnet, options =>
            Crowd.InProcesses(options) with { Twilio = true, Gateways = 3, Controls = 2 });
        foreach (var mode in Enum.GetValues<AfterBreak>())
        {
            system.Azure!.Options.Twilio.AfterBreak = mode;
            var crowd = await Crowd.TalkingAsync(system, calls, network: PhoneNetwork.Twilio);
            var victim = system.Gateways.First(gateway => gateway.Running);
            var hit = await crowd.OnAsync(system.GatewayId(victim.Name));
            Assert.NotEmpty(hit);

            await victim.KillAsync();

            if (mode is AfterBreak.CallEnds)
            {
                foreach (var call in hit) await call.OverAsync();
            }
            else
            {
                await Crowd.HearingAsync(hit);
                await crowd.RememberedAsync(hit);
                Assert.All(hit, call => Assert.True(call.State == SimulatedCallState.Answered, Crowd.Tell(call)));
            }

            await crowd.StreamingAsync();
            Crowd.AssertUntouched(crowd.Calls.Except(hit));
            await crowd.HangUpAsync();
            if (mode != AfterBreak.NothingUntilUpdate) await system.AddGatewayAsync(TestContext.Current.CancellationToken);
        }
    }

    [Fact]
    public async Task Gateway_that_drains_hands_its_calls_over()
    {
        var ct = TestContext.Current.CancellationToken;
        await using var system = await Systems.StartAsync(servers, RedisKind.Garnet, options =>
            (Crowd.InProcesses(options) with { Twilio = true, Gateways = 1 }).With(("Drain:Seconds", "2")));
        var crowd = await Crowd.TalkingAsync(system, 10, network: PhoneNetwork.Twilio);

        await system.AddGatewayAsync(ct);
        await system.Gateways[0].StopAsync(ct);

        await Crowd.HearingAsync(crowd.Calls);
        await crowd.RememberedAsync(crowd.Calls);
        await crowd.StreamingAsync();
        Assert.All(crowd.Calls, call => Assert.True(call.State == SimulatedCallState.Answered, Crowd.Tell(call)));
        await crowd.HangUpAsync();
    }
}
