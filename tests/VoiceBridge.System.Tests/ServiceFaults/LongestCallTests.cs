using VoiceBridge.Simulator;
using VoiceBridge.System.Tests.Harness;
using VoiceBridge.Testing;

namespace VoiceBridge.System.Tests.ServiceFaults;

/// <summary>Calls that reach <c>Calls:MaxMinutes</c>, which is twelve seconds here.</summary>
public sealed class LongestCallTests(RedisServers servers)
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(12);
    private static readonly (string, string)[] Greets = [("Greeting", "Thank you for calling.")];

    [Fact]
    public async Task Longest_call_counts_from_the_ring_and_ends_with_a_goodbye()
    {
        var quiet = new Scenario("quiet", CallerScript.Silent) { Profile = Greets };
        var handedOver = new Scenario("handed-over", CallerScript.Silent) { Profile = Greets };
        await using var calls = await ScenarioCalls.StartAsync(servers, [quiet, handedOver], settings: ("Calls:MaxMinutes", "0.2"));
        await Eventually.True(() => calls[handedOver].Stats.FramesSent > 350, Systems.Deadline, "seven seconds of the call");
        calls[handedOver].AbortMedia();

        var (first, second) = (await calls.EndedAsync(quiet), await calls.EndedAsync(handedOver));

        Assert.Equal(("too_long", "too_long"), (first.EndReason, second.EndReason));
        Assert.True(calls[quiet].Heard.Count > 1, "No goodbye was heard.");
        Assert.False(calls[quiet].Heard[^1].Interrupted);
        Assert.Equal(2, calls[handedOver].Stats.MediaSockets);
        // Counted from the second socket, it would be seven seconds more.
        Assert.True(second.EndedAt - calls[handedOver].RangAt < Longest + TimeSpan.FromSeconds(4), $"The call took {second.EndedAt - calls[handedOver].RangAt}.");
    }
}
