using System.Net.Sockets;
using System.Text;
using VoiceBridge.System.Tests.Harness;
using VoiceBridge.Testing;

namespace VoiceBridge.System.Tests.Trust;

/// <summary>Thousands of connections of people without a credential, at every door at once. What counts is what those notice who have one.</summary>
[Collection<Alone>]
public sealed class UnauthenticatedTests(RedisServers servers)
{
    private const int Connections = 3_500;
    private const int Authentic = 20;
    private const int OpenedAtOnce = 100;
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(120);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Thousands_of_connections_without_a_token_keep_no_hang_up_callback_event_or_socket_out()
    {
        HalfOpenSockets.SkipWithoutDescriptors(Connections);
        using var refused = new MetricCount("voicebridge.refusals", "reason", "too_many_unauthenticated");
        await using var guarded = await GuardedSystem.StartAsync(
            servers, ("Limits:Burst", "100"), ("Limits:RequestsPerSecond", "10"), ("Limits:Waiting", "0"), ("Logging:LogLevel:Default", "Error"));
        var call = GuardedSystem.Ticket().CallId;
        string[] doors =
        [
            Post(guarded.Control, "/acs/incomingcall?code=wrong", "[]"), Post(guarded.Control, $"/acs/callbacks/{call}", "[]", "Bearer garbage"),
            Post(guarded.Control, $"/calls/{call}/hangup", "{}"), Post(guarded.Control, $"/calls/{call}/transfer", "{}", "Bearer garbage"),
        ];
        using var over = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        var flood = new List<Task<long>>();
        for (var i = 0; i < Connections; i += OpenedAtOnce)
        {
            var clients = Enumerable.Range(i, OpenedAtOnce).Select(n => (Client: new TcpClient(), Door: doors[n % doors.Length])).ToArray();
            await Task.WhenAll(clients.Select(entry => entry.Client.ConnectAsync(guarded.Control.Host, guarded.Control.Port, Ct).AsTask()));
            flood.AddRange(clients.Select(entry => KnockAsync(entry.Client, guarded.Control, entry.Door, over.Token)));
        }

        // Their buckets are empty: whoever shared one would be turned away.
        await Eventually.True(() => refused.Count > 2 * Connections, Long, "the strangers' buckets to be empty");
        var statuses = new Dictionary<string, int[]>
        {
            ["hang-ups"] = await AskAsync(guarded, new("POST", new Uri(guarded.Control, $"/calls/{call}/hangup"), """{"reason":"agent_ended"}""", false, ("Authorization", GuardedSystem.Bearer(guarded.ClusterToken())))),
            ["callbacks"] = await AskAsync(guarded, new("POST", new Uri(guarded.Control, $"/acs/callbacks/{call}"), "[]", false, ("Authorization", GuardedSystem.Bearer(guarded.Acs.CallbackToken())))),
            ["events"] = await AskAsync(guarded, new("POST", new Uri(guarded.Control, $"/acs/incomingcall?code={guarded.WebhookKey}"), "[]")),
        };
        var sockets = 0;
        for (; sockets < Authentic; sockets++) (await guarded.ConnectAsync()).Dispose();
        await over.CancelAsync();
        var answers = (await Task.WhenAll(flood)).Sum();

        TestContext.Current.TestOutputHelper?.WriteLine($"{answers} requests of strangers were answered, {refused.Count} of them because they were too many");
        foreach (var (what, got) in statuses) Assert.True(got.All(status => status is 200 or 202), $"{what}: {string.Join(' ', got)}");
        Assert.Equal(Authentic, sockets);
    }

    private static async Task<int[]> AskAsync(GuardedSystem guarded, Request request)
    {
        var statuses = new int[Authentic];
        for (var i = 0; i < Authentic; i++) statuses[i] = (await guarded.SendAsync(request)).Status;
        return statuses;
    }

    private static string Post(Uri to, string path, string body, string? authorization = null) =>
        $"POST {path} HTTP/1.1\r\nHost: {to.Authority}\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\n"
        + $"{(authorization is null ? "" : $"Authorization: {authorization}\r\n")}\r\n{body}";

    /// <summary>Sends the request again and again, a new connection whenever the last was closed. Returns how many answers came.</summary>
    private static async Task<long> KnockAsync(TcpClient client, Uri to, string request, CancellationToken over)
    {
        var answers = 0L;
        var bytes = Encoding.ASCII.GetBytes(request);
        var buffer = new byte[1024];
        while (!over.IsCancellationRequested)
        {
            try
            {
                if (!client.Connected)
                {
                    client.Dispose();
                    client = new TcpClient();
                    await client.ConnectAsync(to.Host, to.Port, over);
                }

                var stream = client.GetStream();
                await stream.WriteAsync(bytes, over);
                if (await stream.ReadAsync(buffer, over) > 0) answers++;
                else client.Dispose();
            }
            catch (Exception exception) when (exception is IOException or SocketException or OperationCanceledException or ObjectDisposedException)
            {
                client.Dispose();
                client = new TcpClient();
            }
        }

        client.Dispose();
        return answers;
    }
}
