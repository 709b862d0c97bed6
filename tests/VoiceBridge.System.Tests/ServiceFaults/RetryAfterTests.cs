using System.Net;
using VoiceBridge.Simulator;
using VoiceBridge.System.Tests.Harness;
using VoiceBridge.Testing;

namespace VoiceBridge.System.Tests.ServiceFaults;

/// <summary>An endpoint that refuses connections and says when to come again is not asked before.</summary>
public sealed class RetryAfterTests(RedisServers servers)
{
    private const string Limited = "limited";

    [Fact]
    public async Task Retry_after_is_kept_whatever_its_form()
    {
        var inFiveMinutes = DateTimeOffset.UtcNow.AddMinutes(5).ToString("R");

        var refused = await Task.WhenAll(RefusedAsync("300"), RefusedAsync(inFiveMinutes), RefusedAsync("0"));

        Assert.Equal(1, refused[0]);
        Assert.Equal(1, refused[1]);
        // At once means within a second, not as fast as possible.
        Assert.InRange(refused[2], 1, 8);
    }

    /// <summary>How often it was asked for the one call.</summary>
    private async Task<int> RefusedAsync(string retryAfter)
    {
        await using var system = await Systems.StartAsync(servers, RedisKind.Garnet, options => (options with
        {
            Simulate = azure => azure.VoiceLive.Endpoints[Limited] = new VoiceLiveEndpointOptions { Refuse = HttpStatusCode.TooManyRequests, RetryAfter = retryAfter },
        }).With(("VoiceLive:ConnectSeconds", "6")));
        var call = system.Azure!.PlaceCall(new CallPlan { Script = CallerScript.Silent });
        await call.OverAsync();
        return system.Azure.VoiceLiveRefusedAt(Limited);
    }
}
