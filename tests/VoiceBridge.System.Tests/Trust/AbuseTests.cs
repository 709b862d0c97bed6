using System.Diagnostics;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using VoiceBridge.Cluster.Calls;
using VoiceBridge.Simulator;
using VoiceBridge.System.Tests.Harness;
using VoiceBridge.Testing;

namespace VoiceBridge.System.Tests.Trust;

/// <summary>People who have got in, and people who have not, do their worst while others talk.</summary>
public sealed class AbuseTests(RedisServers servers)
{
    private const int Calls = 10;
    private const int HalfOpen = 300;
    private const int HugeMessage = 100_000_000;
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(120);

    [Fact]
    public async Task Abuse_of_every_kind_is_refused_within_its_limits_and_the_other_calls_lose_nothing()
    {
        using var captured = new Captured();
        await using var guarded = await GuardedSystem.StartAsync(
            servers, ("Media:FirstMessageMs", "1500"), ("Limits:HeaderSeconds", "3"), ("Limits:Burst", "400"), ("Limits:Waiting", "0"));
        var calls = Enumerable.Range(0, Calls).Select(i => guarded.System.Azure!.PlaceCall(new CallPlan
        {
            From = $"+1425555{i:0000}", Script = CallerScript.Conversation(3).HangUp(),
        })).ToArray();
        await Eventually.True(() => calls.All(call => call.Heard.Count > 0), Long, "every caller to be greeted");

        var abuse = new Dictionary<string, Task>
        {
            ["a slow first message"] = SilentAsync(guarded),
            ["half-open connections"] = HalfOpenAsync(guarded),
            ["1,000 frames a second"] = FloodAsync(guarded),
            ["a message of 100 MB"] = HugeAsync(guarded),
            ["nested JSON"] = NestedAsync(guarded),
            ["bodies that are too large, or nested"] = BodiesAsync(guarded),
            ["a flood of requests"] = RequestsAsync(guarded),
        };
        await Eventually.True(() => abuse.Values.All(task => task.IsCompleted), Long,
            $"the end of {string.Join(", ", abuse.Where(entry => !entry.Value.IsCompleted).Select(entry => entry.Key))}");
        await Task.WhenAll(abuse.Values);
        Assert.Contains(calls, call => call.State == SimulatedCallState.Answered);
        foreach (var call in calls) await call.OverAsync(Long);

        foreach (var call in calls)
        {
            var stats = call.Stats;
            Assert.Equal((0, 0, 0), (stats.FramesLost, stats.FramesForeign, stats.InvalidMessages));
            Assert.Equal(1, stats.MediaSockets);
            Assert.True(stats.AgentTurns >= 5, $"{call.Plan.From} heard {stats.AgentTurns} turns.");
            Assert.Contains((await guarded.System.RecordAsync(call, r => r.State == CallState.Ended)).EndReason, (string[])["caller_hung_up", "agent_ended"]);
        }

        foreach (var reason in (string[])["too_many", "too_large", "malformed"]) Assert.Contains($"voicebridge.refusals reason={reason}", captured.Tags);
        Assert.Contains(guarded.Log.Lines, line => line.Contains("nothing came", StringComparison.Ordinal));
        await guarded.System.EmptyAsync();
    }

    private static async Task SilentAsync(GuardedSystem guarded)
    {
        var sockets = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => guarded.ConnectAsync()));
        await Task.WhenAll(sockets.Select(CutOffAsync));
    }

    /// <summary>Connections that say nothing, or half a request, or ask for a socket and never go on.</summary>
    private static async Task HalfOpenAsync(GuardedSystem guarded)
    {
        var clients = new List<TcpClient>();
        try
        {
            for (var i = 0; i < HalfOpen; i++)
            {
                var client = new TcpClient();
                clients.Add(client);
                await client.ConnectAsync(guarded.Gateway.Host, guarded.Gateway.Port, Ct);
                var text = (i % 3) switch
                {
                    0 => "",
                    1 => "GET /acs/ws?ticket=x HTTP/1.1\r\nHost: x\r\nX-Slow: ",
                    _ => "GET /acs/ws?ticket=x HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
                };
                await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(text), Ct);
            }

            // Those that began are answered: 408 for half a request, 401 for a whole one. Those that say nothing cost a descriptor until Limits:IdleSeconds.
            foreach (var (client, expected) in clients.Select((client, i) => (client, (i % 3) switch { 1 => "HTTP/1.1 408", 2 => "HTTP/1.1 401", _ => null })))
            {
                if (expected is null) continue;
                var buffer = new byte[expected.Length];
                await client.GetStream().ReadExactlyAsync(buffer, Ct).AsTask().WaitAsync(Long, Ct);
                Assert.Equal(expected, Encoding.ASCII.GetString(buffer));
            }
        }
        finally
        {
            foreach (var client in clients) client.Dispose();
        }
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
        Assert.Equal(200, (await guarded.SendAsync(new("POST", webhook, new string('[', 500_000)))).Status);
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
