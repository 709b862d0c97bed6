using VoiceBridge.Simulator;
using VoiceBridge.System.Tests.Failures;
using VoiceBridge.System.Tests.Harness;
using VoiceBridge.Testing;

namespace VoiceBridge.System.Tests.Trust;

/// <summary>
/// One peer floods a gateway whose audio runs on the sockets' own threads, one for each core. What counts is what the other calls notice: each of
/// their frames goes to Voice Live and comes back.
/// </summary>
[Collection<Alone>]
public sealed class FairnessTests(RedisServers servers)
{
    private const int Calls = 10;

    // Before sockets yielded, a stall lasted as long as the flood. On a quiet machine it is a tenth of the 500 ms that eng/abuse.sh allows; a test's deadline is
    // three times as long.
    private const double LongestStallMs = 1_500;
    private static readonly TimeSpan Flooding = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(10);

    [Fact]
    public async Task A_flood_over_one_connection_takes_nothing_from_the_other_calls_and_delays_none()
    {
        await using var guarded = await GuardedSystem.StartInProcessesAsync(servers, options => options.VoiceLive.Echo = true,
            options => options with { MediaIngress = false }, ("Logging:LogLevel:Default", "Error"));
        var calls = Crowd.Place(guarded.System, Calls, CallerScript.Measure(Long));
        await Eventually.True(() => calls.All(call => call.Stats.RoundTrips.Count > 50), Crowd.Patience, "every caller's frames to come back");

        var fragments = Flood.OfFrames(guarded, Flood.Fragments($$"""{"kind":"Nothing"{{new string(' ', 30_000)}}}"""));
        var pings = Flood.OfFrames(guarded, 0x89, 0x80, 0, 0, 0, 0);
        var messages = Flood.OfFrames(guarded, 0x81, 0x81, 0, 0, 0, 0, (byte)'x');
        var probes = Flood.OfRequests(guarded.Gateway, "GET /ready HTTP/1.1\r\nHost: x\r\n\r\n");
        var uploads = Flood.OfRequests(guarded.Gateway, $"POST /ready HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n{new string('x', 100_000)}");
        var refused = Flood.OfRequests(guarded.Gateway,
            "GET /acs/ws?ticket=x HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");

        var stalls = new Dictionary<string, double>();
        foreach (var (name, flood) in new[]
        {
            ("nothing", null), ("one-byte fragments", fragments), ("pings", pings), ("one-byte messages", messages), ("pipelined probes", probes),
            ("uploads", uploads), ("refused upgrades", refused),
        })
        {
            var before = calls.Select(call => call.Stats.RoundTrips.Count).ToArray();
            if (flood is null) await Task.Delay(Flooding, TestContext.Current.CancellationToken);
            else await flood.RunAsync(Flooding);
            // What a flood held up has come back too.
            await Eventually.True(() => calls.Zip(before, (call, count) => call.Stats.RoundTrips.Count > count + 50).All(yes => yes), Crowd.Patience, $"frames to come back after {name}");
            var trips = calls.SelectMany((call, i) => call.Stats.RoundTrips.Skip(before[i])).Order().ToArray();
            stalls[name] = trips[^1];
            TestContext.Current.TestOutputHelper?.WriteLine(
                $"{name}: p50 {trips[trips.Length / 2]:0.0} ms, p99 {trips[trips.Length * 99 / 100]:0.0} ms, max {trips[^1]:0.0} ms, {flood?.BytesSent} bytes, cut off {flood?.CutOffs} times");
        }

        foreach (var flood in (Flood[])[fragments, pings, messages]) Assert.True(flood.CutOffs > 0);
        Assert.All(stalls, stall => Assert.True(stall.Value < LongestStallMs, $"{stall.Key} delayed another call by {stall.Value:0} ms"));
        Crowd.AssertUntouched(calls);
        Assert.All(calls, call => Assert.Equal(0, call.Stats.ProbesLost));
    }
}
