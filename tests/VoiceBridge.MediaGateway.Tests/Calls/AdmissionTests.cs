using System.Net;
using System.Net.WebSockets;
using VoiceBridge.MediaGateway.Tests.Fakes;
using VoiceBridge.Testing;

namespace VoiceBridge.MediaGateway.Tests.Calls;

public sealed class AdmissionTests
{
    [Fact]
    public async Task OnlyTheRightTicketGetsIn()
    {
        await using var gateway = await TestGateway.StartAsync(("Web:AllowedOrigins:0", "https://talk.example"));
        var right = gateway.Ticket();
        var late = right with { IssuedAt = DateTimeOffset.UtcNow.AddMinutes(-3) };
        var expired = right with { ExpiresAt = DateTimeOffset.UtcNow.AddMinutes(-10) };
        var web = gateway.Ticket("web");
        (string Path, string Ticket, (string, string)[] Headers, HttpStatusCode Expected)[] cases =
        [
            ("/acs/ws", "", [], HttpStatusCode.Unauthorized),
            ("/acs/ws", "?ticket=garbage", [], HttpStatusCode.Unauthorized),
            ("/acs/ws", $"?ticket={gateway.Issue(expired)}", [], HttpStatusCode.Unauthorized),
            ("/acs/ws", $"?ticket={gateway.Issue(late)}", [], HttpStatusCode.Unauthorized),
            ("/acs/ws", $"?ticket={gateway.Issue(web)}", [], HttpStatusCode.Unauthorized),
            ("/acs/ws", $"?ticket={gateway.Issue(right)}", [("x-ms-call-correlation-id", "another")], HttpStatusCode.Forbidden),
            ("/web/ws", $"?ticket={gateway.Issue(web)}", [], HttpStatusCode.Forbidden),
            ("/web/ws", $"?ticket={gateway.Issue(web)}", [("Origin", "https://evil.example")], HttpStatusCode.Forbidden),
            ("/web/ws", $"?ticket={gateway.Issue(right)}", [("Origin", "https://talk.example")], HttpStatusCode.Unauthorized),
            ("/acs/ws", $"?ticket={gateway.Issue(right)}", [("x-ms-call-correlation-id", right.CorrelationId)], HttpStatusCode.SwitchingProtocols),
            ("/web/ws", $"?ticket={gateway.Issue(web)}", [("Origin", "https://talk.example")], HttpStatusCode.SwitchingProtocols),
        ];
        for (var i = 0; i < cases.Length; i++)
        {
            var (path, query, headers, expected) = cases[i];
            Assert.Equal((i, expected), (i, await UpgradeAsync(gateway, path, query, headers)));
        }
        await gateway.NothingIsLeftAsync();
    }

    [Fact]
    public async Task TokenOfAcs_IsDemandedWhereAResourceIsConfigured()
    {
        await using var gateway = await TestGateway.StartAsync(
            ("Acs:ResourceId", "5a1b0c7e-0b51-4d3f-9a52-6d5b8a3c1f00"), ("Acs:OpenIdConfiguration", "http://127.0.0.1:1/none"));
        var query = $"?ticket={gateway.Issue(gateway.Ticket())}";
        Assert.Equal(HttpStatusCode.Unauthorized, await UpgradeAsync(gateway, "/acs/ws", query, []));
        Assert.Equal(HttpStatusCode.Unauthorized, await UpgradeAsync(gateway, "/acs/ws", query, [("Authorization", "Bearer a.b.c")]));
    }

    [Fact]
    public async Task CallBeyondTheLimit_IsRefused_AndSaysNothing()
    {
        await using var gateway = await TestGateway.StartAsync(("Gateway:MaxConnections", "2"));
        await using var first = await gateway.CallAsync();
        await using var second = await gateway.CallAsync();
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await UpgradeAsync(gateway, "/acs/ws", $"?ticket={gateway.Issue(gateway.Ticket())}", []));
        using var http = Http(gateway);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await http.GetAsync(new Uri("/ready", UriKind.Relative), TestContext.Current.CancellationToken)).StatusCode);
        Assert.Equal(2, gateway.Connections.ActiveConnections);
    }

    [Fact]
    public async Task PlainRequest_IsNotAnUpgrade()
    {
        await using var gateway = await TestGateway.StartAsync();
        using var http = Http(gateway);
        Assert.Equal(HttpStatusCode.BadRequest, (await http.GetAsync(new Uri("/acs/ws", UriKind.Relative), TestContext.Current.CancellationToken)).StatusCode);
    }

    [Fact]
    public async Task HealthAndStats_HaveTheSpecifiedBodies()
    {
        await using var gateway = await TestGateway.StartAsync();
        using var http = Http(gateway);
        var cancel = TestContext.Current.CancellationToken;
        Assert.Equal("""{"status":"healthy","active_connections":0,"max_connections":100}""", await http.GetStringAsync(new Uri("/health", UriKind.Relative), cancel));
        Assert.Equal("ready", await http.GetStringAsync(new Uri("/ready", UriKind.Relative), cancel));
        await using var caller = await gateway.CallAsync();
        var connection = Assert.Single(gateway.Connections.Snapshot());
        var at = connection.ConnectedAt.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", System.Globalization.CultureInfo.InvariantCulture);
        Assert.Equal(
            $$"""{"status":"healthy","active_connections":1,"max_connections":100,"connection_types":{"acs":1,"web":0},"connections":[{"connection_id":"{{connection.ConnectionId}}","caller_id":"+1234567890","type":"acs","connected_at":"{{at}}","status":"connected"}]}""",
            await http.GetStringAsync(new Uri("/stats", UriKind.Relative), cancel));
    }

    [Fact]
    public async Task DrainOrderedOverHttp_LetsNobodyIn_AndCallsGoOn_UntilItIsTakenBack()
    {
        await using var gateway = await TestGateway.StartAsync(("Drain:Seconds", "300"));
        await using var caller = await gateway.CallAsync();
        using var http = Http(gateway);
        var cancel = TestContext.Current.CancellationToken;
        var drain = new Uri("/drain", UriKind.Relative);
        var ready = new Uri("/ready", UriKind.Relative);

        Assert.Equal(HttpStatusCode.Accepted, (await http.PostAsync(drain, null, cancel)).StatusCode);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await http.GetAsync(ready, cancel)).StatusCode);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await UpgradeAsync(gateway, "/acs/ws", $"?ticket={gateway.Issue(gateway.Ticket())}", []));
        Assert.Equal(1, gateway.Connections.ActiveConnections);

        Assert.Equal(HttpStatusCode.NoContent, (await http.DeleteAsync(drain, cancel)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync(ready, cancel)).StatusCode);
    }

    [Fact]
    public async Task DrainOverHttp_IsForOperators()
    {
        await using var gateway = await TestGateway.StartAsync(("Ops:ApiKeys:0", "an-operators-key-0123456789"), ("Ops:CommandKeys:0", "a-commanders-key-0123456789"));
        using var http = Http(gateway);

        Assert.Equal(HttpStatusCode.Unauthorized, (await http.PostAsync(new Uri("/drain", UriKind.Relative), null, TestContext.Current.CancellationToken)).StatusCode);
        http.DefaultRequestHeaders.Add("X-Api-Key", "an-operators-key-0123456789");
        Assert.Equal(HttpStatusCode.Unauthorized, (await http.PostAsync(new Uri("/drain", UriKind.Relative), null, TestContext.Current.CancellationToken)).StatusCode);
        Assert.False(gateway.Connections.Draining);
    }

    [Fact]
    public async Task WithoutConfiguredKeys_OnlyThisMachineGetsIn()
    {
        await using var gateway = await TestGateway.StartAsync(
            ("Cluster:Keys:0", ""), ("Web:AllowedOrigins:0", "http://localhost:5000"), ("Ingress:Proxies:0", "127.0.0.1"));
        foreach (var (path, type) in ((string, string)[])[("/acs/ws", "acs"), ("/web/ws", "web")])
        {
            Task<HttpStatusCode> Visit(params (string, string)[] headers) =>
                UpgradeAsync(gateway, path, $"?ticket={gateway.Issue(gateway.Ticket(type))}", [("Origin", headers is [("Origin", var page)] ? page : "http://localhost:5000"), .. headers.Where(header => header.Item1 != "Origin")]);

            // The ingress is believed: the request is from elsewhere.
            Assert.Equal(HttpStatusCode.Forbidden, await Visit(("X-Forwarded-For", "203.0.113.9")));
            // A tunnel's address is loopback, also where it says that it forwards for loopback.
            Assert.Equal(HttpStatusCode.Forbidden, await Visit(("X-Forwarded-For", "127.0.0.1")));
            Assert.Equal(HttpStatusCode.Forbidden, await Visit(("Forwarded", "for=203.0.113.9")));
            // A page elsewhere, in the browser of whoever sits here: it can make tickets as well as anybody.
            Assert.Equal(HttpStatusCode.Forbidden, await Visit(("Origin", "https://evil.example")));
            Assert.Equal(HttpStatusCode.SwitchingProtocols, await Visit());
        }
    }

    [Fact]
    public async Task Probes_BeyondTheirRate_AreTurnedAwayAndDisconnected()
    {
        await using var gateway = await TestGateway.StartAsync(("Gateway:ProbesPerSecond", "1"));
        using var http = Http(gateway);
        using var refused = new MetricCount("voicebridge.refusals", "entry", "probe");
        var answers = new List<HttpResponseMessage>();
        for (var i = 0; i < 50; i++)
            answers.Add(await http.GetAsync(new Uri("/ready", UriKind.Relative), TestContext.Current.CancellationToken));
        Assert.Equal(HttpStatusCode.OK, answers[0].StatusCode);
        var turnedAway = answers.Where(answer => answer.StatusCode == HttpStatusCode.TooManyRequests).ToArray();
        Assert.NotEmpty(turnedAway);
        Assert.All(turnedAway, answer => Assert.True(answer.Headers.ConnectionClose));
        Assert.True(refused.Count >= turnedAway.Length);
    }

    private static HttpClient Http(TestGateway gateway) => new(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = gateway.Address };

    private static async Task<HttpStatusCode> UpgradeAsync(TestGateway gateway, string path, string query, (string, string)[] headers)
    {
        using var socket = new ClientWebSocket();
        socket.Options.CollectHttpResponseDetails = true;
        socket.Options.Proxy = null;
        foreach (var (name, value) in headers)
            socket.Options.SetRequestHeader(name, value);
        try
        {
            await socket.ConnectAsync(gateway.Socket(path, query), TestContext.Current.CancellationToken);
            return HttpStatusCode.SwitchingProtocols;
        }
        catch (WebSocketException)
        {
            return socket.HttpStatusCode;
        }
    }
}
