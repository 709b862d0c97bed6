using System.Security.Cryptography;
using VoiceBridge.Local;
using VoiceBridge.Local.Hosting;
using VoiceBridge.Simulator;
using VoiceBridge.System.Tests.Failures;
using VoiceBridge.System.Tests.Harness;
using VoiceBridge.Testing;

namespace VoiceBridge.System.Tests.Trust;

/// <summary>docs/operations.md, "How is a cluster key replaced?", while people talk and others ring.</summary>
public sealed class KeyRotationTests(RedisServers servers)
{
    private const int Calls = 10;

    /// <summary>Much longer than two gateways and two CallControl replicas take to be replaced here.</summary>
    private static readonly TimeSpan Announced = TimeSpan.FromSeconds(40);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_cluster_key_is_replaced_without_a_lost_call()
    {
        var (old, next) = (NewKey(), NewKey());
        var settings = new Dictionary<string, string?> { ["Drain:Seconds"] = "1", ["Cluster:Keys:0"] = old };
        await using var system = await Systems.StartAsync(servers, RedisKind.Garnet, options => options with
        {
            Gateways = 2, Controls = 2, Settings = settings, Simulate = azure => azure.Acs.MediaReconnect = MediaReconnect.StartResumes,
        });
        var early = await Crowd.TalkingAsync(system, Calls);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        var ringing = RingAsync(system, over.Token);

        var takesOver = DateTimeOffset.UtcNow + Announced;
        settings["Cluster:Keys:1"] = $"{next}@{takesOver:yyyy-MM-ddTHH:mm:ssZ}";
        await ReplaceAsync(system);
        Assert.True(DateTimeOffset.UtcNow < takesOver, "This machine is too slow for this test: the key was to be everywhere before it takes over.");
        await GoingOnAsync(early);
        await Eventually.True(() => DateTimeOffset.UtcNow > takesOver.AddSeconds(1), 3 * Announced, "the new key to take over");

        // Tickets and conversations of the old key, on gateways that use the new one.
        var late = await Crowd.TalkingAsync(system, Calls, readable: false);
        await ReplaceAsync(system);
        await GoingOnAsync(early);
        await Task.WhenAll(early.Calls.Select(call => call.HangUpAsync()));

        // Long after that, nothing is left that the old key has signed or encrypted.
        settings["Cluster:Keys:0"] = settings["Cluster:Keys:1"];
        settings.Remove("Cluster:Keys:1");
        await ReplaceAsync(system);
        await GoingOnAsync(late);

        await over.CancelAsync();
        var rang = await ringing;
        foreach (var call in rang) await call.OverAsync(Crowd.Patience);
        Assert.NotEmpty(rang);
        Assert.All(rang, call => Assert.True(call.EndReason == "caller hung up" && call.Stats.AgentTurns > 0, Crowd.Tell(call)));
        await late.HangUpAsync();
    }

    private static string NewKey() => Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));

    /// <summary>Everything anew, with the settings as they are now: replicas with the old ones and with the new ones are there together for a while.</summary>
    private static async Task ReplaceAsync(LocalSystem system)
    {
        Service[] old = [.. system.Gateways.Concat(system.Controls).Where(service => service.Running)];
        for (var i = 0; i < 2; i++)
        {
            await system.AddGatewayAsync(Ct);
            await system.AddControlAsync(Ct);
        }

        await Task.WhenAll(old.Select(service => service.StopAsync(Ct)));
    }

    /// <summary>Nobody was cut off, and each agent knows what was said before its call was moved.</summary>
    private static async Task GoingOnAsync(Crowd crowd)
    {
        await crowd.StreamingAsync();
        Assert.All(crowd.Calls, call => Assert.True(call.State == SimulatedCallState.Answered && call.Stats.MediaSockets > 1, Crowd.Tell(call)));
        await Crowd.HearingAsync(crowd.Calls);
        await crowd.RememberedAsync(crowd.Calls);
    }

    /// <summary>Somebody new rings every half second, is greeted, and hangs up.</summary>
    private static async Task<IReadOnlyList<SimulatedCall>> RingAsync(LocalSystem system, CancellationToken over)
    {
        var placed = new List<SimulatedCall>();
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(500));
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
