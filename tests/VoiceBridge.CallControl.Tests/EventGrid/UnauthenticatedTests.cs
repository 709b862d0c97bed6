using System.Net.Sockets;
using System.Text;
using VoiceBridge.CallControl.Tests.Calls;
using VoiceBridge.CallControl.Tests.Fakes;
using VoiceBridge.Testing;

namespace VoiceBridge.CallControl.Tests.EventGrid;

/// <summary>What people without a credential can make the service do: take nothing from others, write little, and cause no error.</summary>
public sealed class UnauthenticatedTests(RedisServers servers) : ClusterTest(servers)
{
    [Fact]
    public async Task Flood_AtAnyDoor_TakesNothingFromWhoeverHasACredential()
    {
        Settings["Limits:UnauthenticatedPerSecond"] = "1";
        Settings["Limits:Burst"] = "30";
        Settings["Limits:RequestsPerSecond"] = "1";
        Settings["Limits:Waiting"] = "0";
        var host = await StartAsync();
        var callId = CallIdOf("one", "ctx-one");

        foreach (var (name, stranger, known) in new (string, Func<Task<int>>, Func<Task<int>>)[]
        {
            ("webhook", async () => (int)(await host.DeliverAsync("[]", "wrong")).StatusCode, async () => (int)(await host.DeliverAsync("[]")).StatusCode),
            ("callbacks", async () => (int)(await host.CallBackAsync(callId, "garbage")).StatusCode, async () => (int)(await host.CallBackAsync(callId, Acs.Token())).StatusCode),
            ("calls", () => CallsApiTests.PostAsync(host, $"/calls/{callId}/hangup", new { }, "garbage"), () => CallsApiTests.PostAsync(host, $"/calls/{callId}/hangup", new { })),
            ("figures", async () => (int)(await host.Http.GetAsync("/scale", Ct)).StatusCode, () => OperatorAsync(host)),
        })
        {
            var strangers = await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => stranger()));
            var others = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => known()));

            Assert.True(strangers.All(status => status is 401 or 429) && strangers.Contains(429), $"{name}: {string.Join(' ', strangers.Distinct())}");
            Assert.True(others.All(status => status is 200 or 202 or 503), $"{name}: {string.Join(' ', others.Distinct())}");
        }
    }

    [Fact]
    public async Task Handshake_FullOfEvents_WritesALine()
    {
        var host = await StartAsync();
        var name = "X\\u001b[31m\\n" + new string('y', 5_000);
        var events = Enumerable.Range(0, 180).Select(i => i == 0
            ? $$$"""{"id":"1","subject":"","eventType":"{{{name}}}","eventTime":"2026-10-04T17:18:42Z","dataVersion":"1","data":{}}"""
            : "{}");
        var before = host.Logs.Lines.Count;

        var reply = await host.DeliverAsync($"[{string.Join(',', events)}]", code: null, with: request =>
        {
            request.Headers.Add("aeg-event-type", "SubscriptionValidation");
            request.Headers.Add("aeg-subscription-name", "calls");
        });

        var lines = host.Logs.Lines.Skip(before).Where(line => line.StartsWith("Warning", StringComparison.Ordinal)).ToArray();
        Assert.Equal(401, (int)reply.StatusCode);
        Assert.InRange(lines.Length, 1, 3);
        Assert.All(lines, line => Assert.True(line.Length < 1_000 && !line.Contains('\u001b'), line));
    }

    [Fact]
    public async Task Refusals_AreAllCounted_AndLoggedAtABoundedRate()
    {
        const int Requests = 1_000;
        Settings["Limits:UnauthenticatedPerSecond"] = "100000";
        var host = await StartAsync();
        using var refused = new MetricCount("voicebridge.refusals", "reason", "unauthenticated");

        await Parallel.ForAsync(0, Requests, Ct, async (_, _) => (await host.DeliverAsync("[]", "wrong")).Dispose());

        Assert.True(refused.Count >= Requests);
        Assert.InRange(host.Logs.Lines.Count(line => line.Contains("Refused", StringComparison.Ordinal)), 100, Requests / 2);
    }

    [Fact]
    public async Task Chunk_OfASizeThatIsNone_IsTheirMistake()
    {
        var host = await StartAsync();
        using var client = new TcpClient();
        await client.ConnectAsync(host.Http.BaseAddress!.Host, host.Http.BaseAddress.Port, Ct);
        var stream = client.GetStream();

        await stream.WriteAsync(Encoding.ASCII.GetBytes(
            "POST /acs/incomingcall HTTP/1.1\r\nHost: x\r\naeg-event-type: SubscriptionValidation\r\naeg-subscription-name: calls\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFF\r\n[]"), Ct);
        using var reader = new StreamReader(stream);

        Assert.StartsWith("HTTP/1.1 400", await reader.ReadLineAsync(Ct), StringComparison.Ordinal);
        Assert.DoesNotContain(host.Logs.Lines, line => line.StartsWith("Error", StringComparison.Ordinal));
    }

    private async Task<int> OperatorAsync(CallControlHost host)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/scale");
        request.Headers.Add("X-Api-Key", Settings["Ops:ApiKeys:0"]);
        return (int)(await host.Http.SendAsync(request, Ct)).StatusCode;
    }
}
