using VoiceBridge.Local;
using VoiceBridge.Simulator;
using VoiceBridge.System.Tests.Harness;
using VoiceBridge.Testing;

namespace VoiceBridge.System.Tests.Failures;

public sealed class RollingRestartTests(RedisServers servers)
{
    private const int Calls = 30;

    [Theory, MemberData(nameof(RedisServers.BestKind), MemberType = typeof(RedisServers))]
    public async Task A_rolling_restart_of_everything_loses_no_call_and_refuses_none(RedisKind kind)
    {
        var ct = TestContext.Current.CancellationToken;
        await using var system = await Systems.StartAsync(servers, kind, options =>
            (Crowd.InProcesses(options) with { Gateways = 2, Controls = 2, Simulate = azure => azure.Acs.MediaReconnect = MediaReconnect.StartResumes })
            .With(("Drain:Seconds", "2")));
        var crowd = await Crowd.TalkingAsync(system, Calls);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var ringing = RingAsync(system, over.Token);

        foreach (var old in system.Gateways.ToArray())
        {
            await system.AddGatewayAsync(ct);
            await old.StopAsync(ct);
        }
        await crowd.StreamingAsync();
        await crowd.AssertGoingAsync();

        // The phone service may as well connect again by itself, while those that would help it restart.
        system.Azure!.Options.Acs.MediaReconnect = MediaReconnect.ReconnectsItself;
        foreach (var old in system.Controls.ToArray())
        {
            await system.AddControlAsync(ct);
            await old.StopAsync(ct);
        }

        await over.CancelAsync();
        var rang = await ringing;
        foreach (var call in rang) await call.OverAsync(Crowd.Patience);
        Assert.NotEmpty(rang);
        Assert.All(rang, call => Assert.True(call.EndReason == "caller hung up" && call.Stats.AgentTurns > 0, Crowd.Tell(call)));
        await crowd.AssertGoingAsync();
        await Crowd.HearingAsync(crowd.Calls);
        await crowd.RememberedAsync(crowd.Calls);
        await crowd.HangUpAsync();
    }

    /// <summary>Somebody new rings every second, is greeted, and hangs up.</summary>
    private static async Task<IReadOnlyList<SimulatedCall>> RingAsync(LocalSystem system, CancellationToken over)
    {
        var placed = new List<SimulatedCall>();
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1));
        try
        {
            while (await timer.WaitForNextTickAsync(over)) placed.AddRange(Crowd.Place(system, 1, CallerScript.Start.WaitForAgent(Crowd.Patience).HangUp()));
        }
        catch (OperationCanceledException)
        {
            // Enough.
        }
        return placed;
    }
}
