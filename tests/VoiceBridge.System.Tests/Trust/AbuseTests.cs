using System.Diagnostics;
using System.Net.WebSockets;
using System.Text;
using VoiceBridge.System.Tests.Failures;
using VoiceBridge.System.Tests.Harness;
using VoiceBridge.Testing;

namespace VoiceBridge.System.Tests.Trust;

/// <summary>People who have got in, and people who have not, do their worst while others talk.</summary>
[Collection<Alone>]
public sealed class AbuseTests(RedisServers servers)
{
    private const int Calls = 30;
    private const int HugeMessage = 100_000_000;
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(180);

    [Fact]
    public async Task Abuse_of_every_kind_is_refused_within_its_limits_and_the_other_calls_lose_nothing()
    {
        HalfOpenSockets.SkipWithoutDescriptors();
        using var captured = new Captured();
        await using var guarded = await GuardedSystem.StartAsync(
            servers, ("Limits:HeaderSeconds", "5"), ("Limits:IdleSeconds", "15"), ("Limits:Burst", "400"), ("Limits:Waiting", "0"));
        var crowd = await Crowd.TalkingAsync(guarded.System, Calls);

        var abuse = new Dictionary<string, Task>
        {
            ["sockets without a first message"] = SilentAsync(guarded),
            ["half-open connections"] = HalfOpenSockets.TryAsync(guarded.Gateway, Long),
            ["1,000 frames a second"] = FloodAsync(guarded),
            ["a message of 100 MB"] = HugeAsync(guarded),
            ["nested JSON"] = NestedAsync(guarded),
            ["bodies that are too large, or nested"] = BodiesAsync(guarded),
            ["a flood of requests"] = RequestsAsync(guarded),
        };
        await Eventually.True(() => abuse.Values.All(task => task.IsCompleted), Long,
            $"the end of {string.Join(", ", abuse.Where(entry => !entry.Value.IsCompleted).Select(entry => entry.Key))}");
        await Task.WhenAll(abuse.Values);

        await Crowd.HearingAsync(crowd.Calls);
        Crowd.AssertUntouched(crowd.Calls);
        Assert.All(crowd.Calls, call => Assert.Equal(0, call.Stats.InvalidMessages));
        foreach (var reason in (string[])["too_many_unauthenticated", "too_large", "malformed"]) Assert.Contains($"voicebridge.refusals reason={reason}", captured.Tags);
        foreach (var reason in (string[])["request_headers_timeout", "keep_alive_timeout"]) Assert.Contains($"kestrel.connection.duration error.type={reason}", captured.Tags);
        Assert.Contains(guarded.Log.Lines, line => line.Contains("nothing came", StringComparison.Ordinal));
        await crowd.HangUpAsync();
    }

    /// <summary>They have everything that opens the door, and then say nothing.</summary>
    private static async Task SilentAsync(GuardedSystem guarded)
    {
        var sockets = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => guarded.ConnectAsync()));
        await Task.WhenAll(sockets.Select(CutOffAsync));
        foreach (var socket in sockets) socket.Dispose();
    }

    private static async Task FloodAsync(GuardedSystem guarded)
    {
        using var socket = await guarded.ConnectAsync();
        var frame = Encoding.UTF8.GetBytes(
            $$$"""{"kind":"AudioData","audioData":{"timestamp":"2026-10-04T10:13:14.867Z","participantRawID":"x","data":"{{{Convert.ToBase64String(new byte[960])}}}","silent":false}}""");
        var read = CutOffAsync(socket);
        using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        var sent = 0;
        try
        {
            while (!read.IsCompleted && await pace.WaitForNextTickAsync(Ct))
            {
                for (var i = 0; i < 20; i++, sent++) await socket.SendAsync(frame, WebSocketMessageType.Text, true, Ct);
            }
        }
        catch (WebSocketException)
        {
            // Cut off while writing.
        }

        Assert.True(sent >= 2_500, $"Cut off after {sent} frames already: five seconds' worth are allowed at once.");
        await read;
    }

    private static async Task HugeAsync(GuardedSystem guarded)
    {
        using var socket = await guarded.ConnectAsync();
        var read = CutOffAsync(socket);
        var part = new byte[64 * 1024];
        Array.Fill(part, (byte)'[');
        long sent = 0;
        try
        {
            for (; sent < HugeMessage && !read.IsCompleted; sent += part.Length) await socket.SendAsync(part, WebSocketMessageType.Text, false, Ct);
        }
        catch (WebSocketException)
        {
            // Cut off while writing.
        }

        await read;
        Assert.True(sent < HugeMessage, "All of it was taken.");
    }

    private static async Task NestedAsync(GuardedSystem guarded)
    {
        using var socket = await guarded.ConnectAsync();
        var read = CutOffAsync(socket);
        var nested = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("{\"kind\":", 10_000)));
        try
        {
            for (var i = 0; i < 500 && !read.IsCompleted; i++) await socket.SendAsync(nested, WebSocketMessageType.Text, true, Ct);
        }
        catch (WebSocketException)
        {
            // Cut off while writing.
        }

        await read;
    }

    private static async Task BodiesAsync(GuardedSystem guarded)
    {
        var webhook = new Uri(guarded.Control, $"/acs/incomingcall?code={guarded.WebhookKey}");
        (string, string)[] token = [("Authorization", GuardedSystem.Bearer(guarded.Acs.CallbackToken()))];
        Assert.Equal(413, (await guarded.SendAsync(new("POST", webhook, new string(' ', 2_000_000)))).Status);
        // Event Grid tries again: a body that came broken may come whole.
        Assert.Equal(503, (await guarded.SendAsync(new("POST", webhook, new string('[', 500_000)))).Status);
        var callback = new Uri(guarded.Control, $"/acs/callbacks/{GuardedSystem.Ticket().CallId}");
        Assert.Equal(413, (await guarded.SendAsync(new("POST", callback, new string(' ', 500_000), false, token))).Status);
        Assert.Equal(200, (await guarded.SendAsync(new("POST", callback, new string('[', 100_000), false, token))).Status);
    }

    /// <summary>Strangers ask for figures; whoever calls has an entry of his own.</summary>
    private static async Task RequestsAsync(GuardedSystem guarded)
    {
        var clock = Stopwatch.StartNew();
        var statuses = new List<int>();
        while (!statuses.Contains(429) && clock.Elapsed < Long)
            statuses.AddRange(await Task.WhenAll(Enumerable.Range(0, 500).Select(async _ => (await guarded.SendAsync(new("GET", new Uri(guarded.Control, "/stats")))).Status)));
        Assert.All(statuses, status => Assert.True(status is 401 or 429, $"status {status}"));
        Assert.Contains(429, statuses);
    }

    /// <summary>Returns when the other side has ended the socket.</summary>
    private static async Task CutOffAsync(WebSocket socket)
    {
        var buffer = new byte[64 * 1024];
        try
        {
            while ((await socket.ReceiveAsync(buffer, Ct).WaitAsync(Long, Ct)).MessageType != WebSocketMessageType.Close)
            {
                // What the agent says to somebody like this.
            }
        }
        catch (WebSocketException)
        {
            // Without a farewell.
        }
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;
}
