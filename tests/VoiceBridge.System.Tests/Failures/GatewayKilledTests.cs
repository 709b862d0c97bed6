using System.Text.Json;
using VoiceBridge.Cluster.Calls;
using VoiceBridge.Local;
using VoiceBridge.Simulator;
using VoiceBridge.System.Tests.Harness;
using VoiceBridge.Testing;

namespace VoiceBridge.System.Tests.Failures;

public sealed class GatewayKilledTests(RedisServers servers)
{
    private const int Calls = 30;

    /// <summary>
    /// What the phone service does when a media socket is lost is not documented, so each possibility has its turn, on one system: after
    /// each death another gateway is started, as a platform does.
    /// </summary>
    [Theory, MemberData(nameof(RedisServers.BestKind), MemberType = typeof(RedisServers))]
    public async Task One_of_three_gateways_is_killed_and_its_calls_go_on_elsewhere_or_end_cleanly(RedisKind kind)
    {
        await using var system = await Systems.StartAsync(servers, kind, options =>
            (Crowd.InProcesses(options) with { Gateways = 3, Controls = 2 }).With(("Recovery:Seconds", "10")));

        foreach (var mode in Enum.GetValues<MediaReconnect>())
        {
            system.Azure!.Options.Acs.MediaReconnect = mode;
            await KillOneAsync(system, mode);
            if (mode != MediaReconnect.SecondSocketBeside) await system.AddGatewayAsync(TestContext.Current.CancellationToken);
        }
    }

    private static async Task KillOneAsync(LocalSystem system, MediaReconnect mode)
    {
        var crowd = await Crowd.TalkingAsync(system, Calls);
        var victim = system.Gateways.First(gateway => gateway.Running);
        var victimId = system.GatewayId(victim.Name);
        var hit = await crowd.OnAsync(victimId);
        Assert.NotEmpty(hit);
        Assert.NotEqual(Calls, hit.Length);
        TestContext.Current.TestOutputHelper?.WriteLine($"{DateTime.UtcNow:HH:mm:ss.fff} {mode}: killing {victim.Name} under {hit.Length} calls");

        await victim.KillAsync();

        if (mode is MediaReconnect.StartRefused or MediaReconnect.StartAcceptedButNothingComes)
        {
            foreach (var call in hit)
            {
                await call.OverAsync(Crowd.Patience);
                var record = await system.RecordAsync(call, r => r.State == CallState.Ended);
                Assert.Equal("media_lost", record.EndReason);
            }
        }
        else
        {
            await Crowd.HearingAsync(hit);
            await crowd.RememberedAsync(hit);
            Assert.All(hit, call => Assert.True(call.State == SimulatedCallState.Answered, Crowd.Tell(call)));
        }

        await crowd.StreamingAsync();
        Crowd.AssertUntouched(crowd.Calls.Except(hit));
        // The gateway itself is shown as dead until it has been silent for a while: once is enough to wait for.
        await AssertStatsAsync(
            system, crowd.Calls.Count(call => call.State == SimulatedCallState.Answered), mode == MediaReconnect.ReconnectsItself ? victimId : null);
        await crowd.HangUpAsync();
    }

    /// <summary>What operators are shown is exactly the calls that go on, and no trace of the dead gateway.</summary>
    private static async Task AssertStatsAsync(LocalSystem system, int going, string? deadId)
    {
        using var http = new HttpClient { BaseAddress = system.CallControl };
        await Eventually.True(
            async () =>
            {
                using var response = await http.GetAsync(new Uri("/stats", UriKind.Relative), TestContext.Current.CancellationToken);
                if (!response.IsSuccessStatusCode) return false;
                var stats = JsonElement.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
                return stats.GetProperty("active_connections").GetInt32() == going
                    && stats.GetProperty("connections").GetArrayLength() == going
                    && stats.GetProperty("gateways").EnumerateArray().All(gateway => gateway.GetProperty("gateway_id").GetString() != deadId);
            },
            Crowd.Patience,
            $"/stats to show {going} connections and nothing of the dead gateway");
    }
}
