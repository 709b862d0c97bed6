using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using VoiceBridge.ServiceDefaults.Access;
using VoiceBridge.Testing;

namespace VoiceBridge.ServiceDefaults.Tests.Access;

public class OpsAccessTests
{
    private const string Key = "0123456789abcdef-first";
    private const string NextKey = "0123456789abcdef-second";
    private const string CommandKey = "0123456789abcdef-command";

    [Theory]
    [InlineData(null, HttpStatusCode.Unauthorized)]
    [InlineData("wrong", HttpStatusCode.Unauthorized)]
    [InlineData(CommandKey, HttpStatusCode.Unauthorized)]
    [InlineData(Key, HttpStatusCode.OK)]
    [InlineData(NextKey, HttpStatusCode.OK)]
    public async Task Stats_NeedOneOfTheKeys(string? key, HttpStatusCode expected)
    {
        await using var host = await StartAsync(
            "Production", new() { ["Ops:ApiKeys:0"] = Key, ["Ops:ApiKeys:1"] = NextKey, ["Ops:CommandKeys:0"] = CommandKey });

        var (status, body) = await SendAsync(host, HttpMethod.Get, "/stats", key);

        Assert.Equal(expected, status);
        if (expected != HttpStatusCode.OK) Assert.Empty(body);
    }

    [Theory]
    [InlineData(null, HttpStatusCode.Unauthorized)]
    [InlineData(Key, HttpStatusCode.Unauthorized)]
    [InlineData(CommandKey, HttpStatusCode.OK)]
    public async Task Commands_NeedAKeyThatAnAutoscalerDoesNotHave(string? key, HttpStatusCode expected)
    {
        var log = new FakeLogCollector();
        await using var host = await StartAsync("Production", new() { ["Ops:ApiKeys:0"] = Key, ["Ops:CommandKeys:0"] = CommandKey }, log);

        var (status, _) = await SendAsync(host, HttpMethod.Post, "/drain", key);

        Assert.Equal(expected, status);
        // Who commanded is in the log: which key, from where; not the key.
        Assert.Equal(status == HttpStatusCode.OK, log.GetSnapshot().Any(line => line.Message.Contains("POST /drain ordered with Ops:CommandKeys:0 from 127.0.0.1", StringComparison.Ordinal)));
        Assert.DoesNotContain(log.GetSnapshot(), line => line.Message.Contains(CommandKey, StringComparison.Ordinal));
    }

    [Fact]
    public async Task WithoutCommandKeys_NobodyCommandsOverHttp()
    {
        await using var host = await StartAsync("Development", new() { ["Ops:ApiKeys:0"] = Key });

        Assert.Equal(HttpStatusCode.Unauthorized, (await SendAsync(host, HttpMethod.Post, "/drain", Key)).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await SendAsync(host, HttpMethod.Post, "/drain", null)).Status);
    }

    [Theory]
    [InlineData("GET", "/stats")]
    [InlineData("POST", "/drain")]
    public async Task WithoutKeys_DevelopmentIsOpenToThisMachineOnly(string method, string path)
    {
        await using var host = await StartAsync("Development", new() { ["Ingress:Proxies:0"] = "127.0.0.1" });
        Task<(HttpStatusCode Status, string Body)> Ask(params (string, string)[] headers) => SendAsync(host, new HttpMethod(method), path, null, headers);

        Assert.Equal(HttpStatusCode.OK, (await Ask()).Status);
        Assert.Equal(HttpStatusCode.OK, (await Ask(("Host", "localhost"), ("Origin", "http://app.localhost:5000"))).Status);
        foreach (var header in ((string, string)[])
        [
            // A page elsewhere, in the browser of somebody at this machine: by a name of its own that points at loopback, or straight.
            ("Host", "evil.example"), ("Host", "localhost.evil.example"), ("Origin", "https://evil.example"), ("Origin", "null"),
            // A tunnel, whether it is believed or not.
            ("X-Forwarded-For", "203.0.113.9"), ("X-Forwarded-For", "127.0.0.1"), ("X-Forwarded-Host", "abc.tunnel.example"), ("Forwarded", "for=203.0.113.9"),
        ])
            Assert.True((await Ask(header, (OpsAccess.Header, "x"))).Status == HttpStatusCode.Unauthorized, $"{header}");
    }

    [Fact]
    public async Task Refusals_AreAllCounted_AndLoggedAtABoundedRate()
    {
        const int Requests = 800;
        var log = new FakeLogCollector();
        using var refused = new MetricCount("voicebridge.refusals", "entry", "ops");
        await using var host = await StartAsync("Production", new() { ["Ops:ApiKeys:0"] = Key, ["Limits:UnauthenticatedPerSecond"] = "100000" }, log);

        await Parallel.ForAsync(0, Requests, TestContext.Current.CancellationToken, async (_, _) => await SendAsync(host, HttpMethod.Get, "/stats", "wrong"));

        Assert.True(refused.Count >= Requests);
        var lines = log.GetSnapshot().Count(line => line.Message.Contains("Refused", StringComparison.Ordinal));
        // 200 at once, and ten more each second that the test takes.
        Assert.InRange(lines, 100, Requests * 3 / 4);
    }

    [Fact]
    public async Task Alive_NeedsNoKey()
    {
        await using var host = await StartAsync("Production", new() { ["Ops:ApiKeys:0"] = Key });
        Assert.Equal(HttpStatusCode.OK, (await SendAsync(host, HttpMethod.Get, "/alive", null)).Status);
    }

    [Fact]
    public void WhatStrangersSay_IsPrintedWithoutControlCharactersAndNotWithoutEnd()
    {
        Assert.Equal("a?b?[31m", Refusals.Printable("a\nb\u001b[31m"));
        Assert.Equal(200, Refusals.Printable(new string('x', 100_000)).Length);
    }

    private static Task<ServiceHost> StartAsync(string environment, Dictionary<string, string?> settings, FakeLogCollector? log = null) => ServiceHost.StartAsync(
        environment, settings,
        app =>
        {
            app.MapGet("/stats", () => "ok").RequireOpsAccess();
            app.MapPost("/drain", () => "ok").RequireOpsAccess(OpsRight.Command);
        },
        services => services.AddLogging(logging =>
        {
            if (log is not null) logging.ClearProviders().AddProvider(new FakeLoggerProvider(log));
        }));

    private static async Task<(HttpStatusCode Status, string Body)> SendAsync(
        ServiceHost host, HttpMethod method, string path, string? key, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, path);
        if (key is not null) request.Headers.Add(OpsAccess.Header, key);
        foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        using var response = await host.Client.SendAsync(request, TestContext.Current.CancellationToken);
        return (response.StatusCode, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }
}
