using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace VoiceBridge.ServiceDefaults.Tests.Ingress;

public sealed class IngressTests
{
    private const string Key = "0123456789abcdef";

    [Fact]
    public async Task ForwardedHeaders_AreNotLookedAtUnlessTheIngressIsNamed() =>
        Assert.Equal("http 127.0.0.1", await SeenAsync("Development", proxy: null, "203.0.113.9", "https"));

    [Theory]
    [InlineData("127.0.0.1", "https 203.0.113.9")]
    [InlineData("127.0.0.0/8", "https 203.0.113.9")]
    [InlineData("*", "https 203.0.113.9")]
    [InlineData("10.1.2.3", "http 127.0.0.1")]
    [InlineData("10.0.0.0/8", "http 127.0.0.1")]
    public async Task ForwardedHeaders_AreBelievedOfTheIngressOnly(string proxy, string seen) =>
        Assert.Equal(seen, await SeenAsync("Development", proxy, "203.0.113.9", "https"));

    [Fact]
    public async Task ForwardedHeaders_ThatTheClientWroteItselfAreNotBelieved() =>
        Assert.Equal("https 203.0.113.9", await SeenAsync("Development", "*", "127.0.0.1, 203.0.113.9", "https"));

    [Fact]
    public async Task PlainHttp_AtTheIngressIsTurnedAwayOutsideDevelopment()
    {
        await using var host = await StartAsync("Production", "*");

        Assert.Equal(HttpStatusCode.Forbidden, (await GetAsync(host, "203.0.113.9", "http")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await GetAsync(host, null, null)).StatusCode);
        using var secure = await GetAsync(host, "203.0.113.9", "https");
        Assert.Equal(HttpStatusCode.OK, secure.StatusCode);
        Assert.Equal("max-age=31536000", Assert.Single(secure.Headers.GetValues("Strict-Transport-Security")));
    }

    [Fact]
    public async Task PlainHttp_IsFineInDevelopment()
    {
        await using var host = await StartAsync("Development", "*");
        using var response = await GetAsync(host, "203.0.113.9", "http");
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Fact]
    public async Task WrongProxies_AreNamedAtTheStart()
    {
        var refusal = await Assert.ThrowsAsync<OptionsValidationException>(() => StartAsync("Development", "gateway.example"));
        Assert.Contains("Ingress:Proxies", refusal.Message, StringComparison.Ordinal);
    }

    private static async Task<string> SeenAsync(string environment, string? proxy, string forwardedFor, string proto)
    {
        await using var host = await StartAsync(environment, proxy);
        using var response = await GetAsync(host, forwardedFor, proto);
        return await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
    }

    private static Task<ServiceHost> StartAsync(string environment, string? proxy) => ServiceHost.StartAsync(
        environment, new() { ["Ingress:Proxies:0"] = proxy, ["Ops:ApiKeys:0"] = Key },
        app => app.MapGet("/seen", (HttpContext context) => $"{context.Request.Scheme} {context.Connection.RemoteIpAddress}"));

    private static async Task<HttpResponseMessage> GetAsync(ServiceHost host, string? forwardedFor, string? proto)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/seen");
        // The framework tells no browser about this machine's own names.
        request.Headers.Host = "voice.example";
        if (forwardedFor is not null) request.Headers.Add("X-Forwarded-For", forwardedFor);
        if (proto is not null) request.Headers.Add("X-Forwarded-Proto", proto);
        return await host.Client.SendAsync(request, TestContext.Current.CancellationToken);
    }
}
