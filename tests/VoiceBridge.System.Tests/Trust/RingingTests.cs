using System.Diagnostics;
using System.Net.Sockets;
using System.Text;
using VoiceBridge.Simulator;
using VoiceBridge.System.Tests.Failures;
using VoiceBridge.System.Tests.Harness;
using VoiceBridge.Testing;

namespace VoiceBridge.System.Tests.Trust;

/// <summary>Phones that ring while people without a credential send thousands of requests a second to the same webhook.</summary>
[Collection<Alone>]
public sealed class RingingTests(RedisServers servers)
{
    private const int Calls = 20;
    private const int Senders = 60;
    private const int PerSecond = 3_000;
    private const string Body = "[]";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>Explicit: <c>eng/long.sh ringing</c>. <see cref="UnauthenticatedTests"/> hold in every build that strangers keep nobody out.</summary>
    [Fact(Explicit = true)]
    public async Task Calls_that_ring_during_a_flood_are_all_answered()
    {
        await using var guarded = await GuardedSystem.StartInProcessesAsync(servers, _ => { }, options => options, ("Logging:LogLevel:Default", "Error"));
        var quiet = await RingAsync(guarded);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        var flood = Task.WhenAll(Enumerable.Range(0, Senders).Select(_ => Task.Run(() => SendAsync(guarded.Control, over.Token), Ct)));

        var flooded = await RingAsync(guarded);

        await over.CancelAsync();
        var answers = (await flood).SelectMany(statuses => statuses).CountBy(status => status).ToDictionary();
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"rang to answered, ms: {Tell(quiet)}; during the flood {Tell(flooded)}; strangers got {string.Join(", ", answers.Select(answer => $"{answer.Value} times {answer.Key}"))}");
        Assert.Equal(["401", "429"], answers.Keys.Order(StringComparer.Ordinal));
    }

    /// <summary>One call a second; how long each rang, in milliseconds. All are answered, or this fails.</summary>
    private static async Task<double[]> RingAsync(GuardedSystem guarded)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1));
        var ringing = new List<Task<double>>();
        while (ringing.Count < Calls && await timer.WaitForNextTickAsync(Ct)) ringing.Add(AnsweredAsync(Crowd.Place(guarded.System, 1, CallerScript.Start.WaitForAgent(Crowd.Patience).HangUp())[0]));
        return await Task.WhenAll(ringing);
    }

    private static async Task<double> AnsweredAsync(SimulatedCall call)
    {
        var rang = Stopwatch.GetTimestamp();
        await Task.WhenAny(call.WhenAnswered, call.WhenEnded).WaitAsync(Crowd.Patience, Ct);
        Assert.True(call.WhenAnswered.IsCompletedSuccessfully, Crowd.Tell(call));
        return Stopwatch.GetElapsedTime(rang).TotalMilliseconds;
    }

    /// <summary>Its share of the requests, each second, over a new connection whenever the last was closed; the statuses that came.</summary>
    private static async Task<List<string>> SendAsync(Uri to, CancellationToken over)
    {
        var request = Encoding.ASCII.GetBytes(
            $"POST /acs/incomingcall?code=wrong HTTP/1.1\r\nHost: {to.Authority}\r\nContent-Type: application/json\r\nContent-Length: {Body.Length}\r\n\r\n{Body}");
        var statuses = new List<string>();
        var buffer = new byte[1024];
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds((double)Senders / PerSecond));
        TcpClient? client = null;
        try
        {
            while (await timer.WaitForNextTickAsync(over))
            {
                try
                {
                    if (client is null)
                    {
                        client = new TcpClient { NoDelay = true };
                        await client.ConnectAsync(to.Host, to.Port, over);
                    }

                    await client.GetStream().WriteAsync(request, over);
                    var heard = Encoding.ASCII.GetString(buffer, 0, await client.GetStream().ReadAsync(buffer, over));
                    if (heard.Length > 12) statuses.Add(heard[9..12]);
                    if (heard.Length > 0 && !heard.Contains("Connection: close", StringComparison.OrdinalIgnoreCase)) continue;
                }
                catch (Exception exception) when (exception is IOException or SocketException)
                {
                    // Cut off.
                }

                client?.Dispose();
                client = null;
            }
        }
        catch (OperationCanceledException) when (over.IsCancellationRequested)
        {
            // Enough.
        }

        client?.Dispose();
        return statuses;
    }

    private static string Tell(double[] times)
    {
        var sorted = times.Order().ToArray();
        return $"p50 {sorted[sorted.Length / 2]:0}, p95 {sorted[sorted.Length * 95 / 100]:0}, max {sorted[^1]:0}";
    }
}
