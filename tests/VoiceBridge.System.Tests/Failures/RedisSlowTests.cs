using VoiceBridge.Simulator;
using VoiceBridge.System.Tests.Harness;
using VoiceBridge.Testing;

namespace VoiceBridge.System.Tests.Failures;

public sealed class RedisSlowTests(RedisServers servers)
{
    private const int Calls = 6;

    /// <summary>More than a service waits for a command.</summary>
    private static readonly TimeSpan TooLate = TimeSpan.FromSeconds(3);

    [Fact]
    public async Task Redis_answers_too_late_and_no_call_notices()
    {
        var redis = await servers.GetAsync(RedisKind.Garnet);
        await using var link = new ServerLink(redis.Port);
        await using var system = await Systems.StartAsync(servers, RedisKind.Garnet, options =>
            options with { Redis = $"127.0.0.1:{link.Port},abortConnect=false,connectRetry=10", Gateways = 2, ConnectionsPerGateway = 10 });
        var crowd = await Crowd.TalkingAsync(system, Calls);

        link.Delay = TooLate;
        var late = Crowd.Place(system, 1, CallerScript.Conversation(1_000))[0];
        await Eventually.True(() => late.State == SimulatedCallState.Answered, Crowd.Patience, "the caller who rang meanwhile to be answered");
        // As long as it takes for everything to look dead, and longer: nobody is moved.
        for (var turns = 0; turns < 3; turns++) await Crowd.HearingAsync(crowd.Calls);
        Crowd.AssertUntouched(crowd.Calls);

        link.Delay = TimeSpan.Zero;
        await crowd.StreamingAsync();
        await Crowd.HearingAsync([late]);
        Crowd.AssertUntouched(crowd.Calls);
        await late.HangUpAsync();
        await crowd.HangUpAsync();
    }
}
