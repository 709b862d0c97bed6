using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using VoiceBridge.ServiceDefaults.Limits;
using VoiceBridge.Testing;

namespace VoiceBridge.ServiceDefaults.Tests.Limits;

public sealed class LimitTests
{
    [Fact]
    public async Task Requests_BeyondTheBurstGet429_AndAreCounted_WhileOtherEntriesGoOn()
    {
        var entry = $"flooded-{Guid.NewGuid():N}";
        using var refused = new MetricCount("voicebridge.refusals", "entry", entry);
        await using var host = await StartAsync(new() { ["Limits:Burst"] = "5", ["Limits:RequestsPerSecond"] = "1", ["Limits:Waiting"] = "0" }, entry);

        // The bucket gets a token each tenth of a second at least: many requests, so that some are refused however slow the machine is.
        var statuses = await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => StatusAsync(host, "/flooded/x")));

        Assert.True(statuses.Count(s => s == HttpStatusCode.OK) >= 5);
        Assert.Contains(HttpStatusCode.TooManyRequests, statuses);
        Assert.Equal(statuses.Count(s => s == HttpStatusCode.TooManyRequests), refused.Count);
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(host, "/other"));
    }

    [Fact]
    public async Task Strangers_GetABucketOfTheirOwn_AndTakeNothingFromWhoeverIsKnown()
    {
        var entry = $"guarded-{Guid.NewGuid():N}";
        using var refused = new MetricCount("voicebridge.refusals", "entry", entry);
        await using var host = await ServiceHost.StartAsync(
            "Development", new() { ["Limits:Burst"] = "60", ["Limits:RequestsPerSecond"] = "1", ["Limits:Waiting"] = "0", ["Limits:UnauthenticatedPerSecond"] = "1" },
            app => app.MapGet("/{**any}", () => "ok"),
            services => services.AddLimitedEntry("/guarded", entry, context => new(context.Request.Headers.ContainsKey("X-Known"))));

        var strangers = await Task.WhenAll(Enumerable.Range(0, 400).Select(_ => StatusAsync(host, "/guarded/x")));
        var known = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => StatusAsync(host, "/guarded/x", known: true)));

        Assert.Contains(HttpStatusCode.TooManyRequests, strangers);
        Assert.All(known, status => Assert.Equal(HttpStatusCode.OK, status));
        Assert.Equal(strangers.Count(status => status == HttpStatusCode.TooManyRequests), refused.Count);
    }

    [Fact]
    public async Task Strangers_OfOneAddressTakeNothingFromThoseOfAnother_WherePeopleBeginWithoutACredential()
    {
        await using var host = await ServiceHost.StartAsync(
            "Development", new() { ["Limits:UnauthenticatedPerSecond"] = "1" }, app => app.MapGet("/{**any}", () => "ok"),
            services => services.AddLimitedEntry("", "pages", _ => new(false), unauthenticatedByAddress: true));
        using var others = new HttpClient(new SocketsHttpHandler { ConnectCallback = FromAnotherAddressAsync }) { BaseAddress = host.Client.BaseAddress };

        var flood = await Task.WhenAll(Enumerable.Range(0, 400).Select(_ => StatusAsync(host, "/")));
        using var other = await others.GetAsync(new Uri("/", UriKind.Relative), TestContext.Current.CancellationToken);

        Assert.Contains(HttpStatusCode.TooManyRequests, flood);
        Assert.Equal(HttpStatusCode.OK, other.StatusCode);
    }

    [Fact]
    public async Task Requests_ToProbesAndUnlimitedEntriesAreNeverRefused()
    {
        await using var host = await StartAsync(new() { ["Limits:Burst"] = "1", ["Limits:RequestsPerSecond"] = "1", ["Limits:Waiting"] = "0" }, "flooded");

        var statuses = await Task.WhenAll(Enumerable.Range(0, 100).Select(i => StatusAsync(host, i % 2 == 0 ? "/alive" : "/unlimited")));

        Assert.All(statuses, status => Assert.Equal(HttpStatusCode.OK, status));
    }

    [Fact]
    public async Task ARushOfCalls_IsTakenWithTheDefaults()
    {
        await using var host = await StartAsync([], "flooded");

        var statuses = await Task.WhenAll(Enumerable.Range(0, 500).Select(_ => StatusAsync(host, "/flooded")));

        Assert.All(statuses, status => Assert.Equal(HttpStatusCode.OK, status));
    }

    [Theory]
    [InlineData("GET /other?{0} HTTP/1.1\r\nHost: x\r\n\r\n", 3_000, "414")]
    [InlineData("GET /other HTTP/1.1\r\nHost: x\r\nX: {0}\r\n\r\n", 6_000, "431")]
    [InlineData("POST /body HTTP/1.1\r\nHost: x\r\nContent-Length: 100000000\r\n\r\n{0}", 10, "413")]
    public async Task Requests_ThatAreTooLargeAreRefused(string request, int length, string status)
    {
        await using var host = await StartAsync(
            new() { ["Limits:RequestLineBytes"] = "2048", ["Limits:HeaderBytes"] = "4096", ["Limits:BodyBytes"] = "2048" }, "flooded");

        var answer = await SayAsync(host, string.Format(null, request, new string('a', length)));

        Assert.StartsWith($"HTTP/1.1 {status}", answer, StringComparison.Ordinal);
        Assert.DoesNotContain("Server:", answer, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Headers_ThatNeverEndAreCutOff()
    {
        await using var host = await StartAsync(new() { ["Limits:HeaderSeconds"] = "1" }, "flooded");

        Assert.StartsWith("HTTP/1.1 408", await SayAsync(host, "GET /other HTTP/1.1\r\nHost: x\r\nX-Slow: "), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Connections_ThatSayNothingAreClosed()
    {
        await using var host = await StartAsync(new() { ["Limits:IdleSeconds"] = "5" }, "flooded");

        Assert.Equal("", await SayAsync(host, ""));
    }

    [Fact]
    public async Task Connections_BeyondTheLimitAreClosedAtOnceAndCounted_AndThereIsRoomAgainWhenOthersGo()
    {
        await using var host = await StartAsync(new() { ["Limits:Connections"] = "10" }, "flooded");
        var port = host.Client.BaseAddress!.Port;
        using var rejected = new MetricCount("kestrel.rejected_connections", "server.port", port);
        TcpClient[] clients = [.. Enumerable.Range(0, 30).Select(_ => new TcpClient())];
        try
        {
            foreach (var client in clients) await client.ConnectAsync(host.Client.BaseAddress.Host, port, TestContext.Current.CancellationToken);
            Task<bool>[] closed = [.. clients.Select(ClosedAsync)];

            await Eventually.True(() => closed.Count(task => task.IsCompleted) == 20, what: "those that are too many to be closed");
            Assert.All(closed.Where(task => task.IsCompleted), task => Assert.True(task.Result));
            Assert.Equal(20, rejected.Count);
        }
        finally
        {
            foreach (var client in clients) client.Dispose();
        }

        await Eventually.True(async () => (await SayAsync(host, "GET /other HTTP/1.1\r\nHost: x\r\n\r\n")).StartsWith("HTTP/1.1 200", StringComparison.Ordinal), what: "room for a connection");
    }

    [Fact]
    public async Task WrongLimits_AreNamedAtTheStart()
    {
        var refusal = await Assert.ThrowsAsync<OptionsValidationException>(() => StartAsync(new() { ["Limits:Burst"] = "0" }, "flooded"));
        Assert.Contains("Burst", refusal.Message, StringComparison.Ordinal);
    }

    private static Task<ServiceHost> StartAsync(Dictionary<string, string?> settings, string entry) => ServiceHost.StartAsync(
        "Development", settings,
        app =>
        {
            app.MapGet("/{**any}", () => "ok");
            app.MapPost("/body", async (HttpRequest request) => await request.Body.CopyToAsync(Stream.Null, request.HttpContext.RequestAborted));
        },
        services => services.AddLimitedEntry("/flooded", entry).AddUnlimitedEntry("/unlimited"));

    private static async Task<HttpStatusCode> StatusAsync(ServiceHost host, string path, bool known = false)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (known) request.Headers.Add("X-Known", "yes");
        using var response = await host.Client.SendAsync(request, TestContext.Current.CancellationToken);
        return response.StatusCode;
    }

    private static async ValueTask<Stream> FromAnotherAddressAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.Parse("127.0.0.2"), 0));
            await socket.ConnectAsync(context.DnsEndPoint, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Returns when the server has closed the connection, without a word.</summary>
    private static async Task<bool> ClosedAsync(TcpClient client)
    {
        try
        {
            return await client.GetStream().ReadAsync(new byte[1], TestContext.Current.CancellationToken) == 0;
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException)
        {
            return true;
        }
    }

    /// <summary>What comes back until the server closes, or all of an answer's head.</summary>
    private static async Task<string> SayAsync(ServiceHost host, string request)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        deadline.CancelAfter(TimeSpan.FromSeconds(30));
        using var client = new TcpClient();
        await client.ConnectAsync(host.Client.BaseAddress!.Host, host.Client.BaseAddress.Port, deadline.Token);
        var stream = client.GetStream();
        if (request.Length > 0) await stream.WriteAsync(Encoding.ASCII.GetBytes(request), deadline.Token);
        var answer = new StringBuilder();
        var buffer = new byte[1024];
        try
        {
            while (!answer.ToString().Contains("\r\n\r\n", StringComparison.Ordinal))
            {
                var read = await stream.ReadAsync(buffer, deadline.Token);
                if (read == 0) break;
                answer.Append(Encoding.ASCII.GetString(buffer, 0, read));
            }
        }
        catch (IOException)
        {
            // Reset: nothing more comes.
        }

        return answer.ToString();
    }
}
