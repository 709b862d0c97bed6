using System.Net;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.DependencyInjection;
using VoiceBridge.Testing;

namespace VoiceBridge.Dashboard.Tests.Access;

/// <summary>Another page of the same site has an operator's browser open a circuit, with what strangers are given to open one with.</summary>
public sealed class HubOriginTests : IAsyncLifetime
{
    private const string Descriptor = "<!--Blazor:{";
    private SignedInDashboard? _dashboard;

    private SignedInDashboard Dashboard => _dashboard!;

    private string Own => Dashboard.Url.GetLeftPart(UriPartial.Authority);

    public async ValueTask InitializeAsync() => _dashboard = await SignedInDashboard.StartAsync();

    public async ValueTask DisposeAsync() => await _dashboard!.DisposeAsync();

    [Fact]
    public async Task Circuit_OpensToTheDashboardsOwnPagesOnly()
    {
        var port = Dashboard.Url.Port;
        using var refused = new MetricCount("voicebridge.refusals", "reason", "origin");
        string?[] others = [null, "null", "https://evil.example", $"http://localhost:{port}", $"https://localhost:{port + 1}", "https://localhost", $"https://evil.localhost:{port}", $"{Own}.evil.example", $"{Own}/", $"{Own}, {Own}"];

        foreach (var origin in others)
        {
            Assert.True(await NegotiateAsync(origin) == HttpStatusCode.Forbidden, $"negotiate with {origin ?? "no origin"}");
            Assert.True(await UpgradeAsync(origin) == HttpStatusCode.Forbidden, $"a WebSocket with {origin ?? "no origin"}");
        }

        Assert.True(refused.Count >= 2 * others.Length);
        Assert.Equal(HttpStatusCode.OK, await NegotiateAsync(Own));
        Assert.Equal(HttpStatusCode.SwitchingProtocols, await UpgradeAsync(Own));
    }

    [Theory]
    [InlineData("/denied", HttpStatusCode.OK)]
    [InlineData("/not-found", HttpStatusCode.OK)]
    [InlineData("/sign-in-failed", HttpStatusCode.OK)]
    [InlineData("/nowhere/at/all", HttpStatusCode.NotFound)]
    public async Task Stranger_IsGivenPagesWithoutAnythingToStartACircuitWith(string path, HttpStatusCode status)
    {
        using var page = await Dashboard.SendAsync(HttpMethod.Get, path);
        var body = await page.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);

        Assert.Equal(status, page.StatusCode);
        Assert.Contains("<h1", body, StringComparison.Ordinal);
        Assert.DoesNotContain(Descriptor, body, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("\"descriptor\"", body, StringComparison.OrdinalIgnoreCase);

        using var own = await Dashboard.SendAsync(HttpMethod.Get, "/", ("Cookie", Cookie));
        Assert.Contains(Descriptor, await own.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cookie_GoesToNoOtherSiteAndNoScript()
    {
        Dashboard.Authority.Person = new("Rita Reader", VoiceBridge.Dashboard.Access.Policies.ReaderRole);
        await Dashboard.OpenAsync("/");

        var cookie = Assert.Single(Dashboard.CookiesSet, set => set.StartsWith(".AspNetCore.Cookies=", StringComparison.Ordinal));
        foreach (var part in (string[])["samesite=lax", "secure", "httponly"]) Assert.Contains(part, cookie, StringComparison.OrdinalIgnoreCase);
    }

    private string Cookie => ForgedCookie.Make(Dashboard.App.Services.GetRequiredService<IDataProtectionProvider>());

    private async Task<HttpStatusCode> NegotiateAsync(string? origin)
    {
        using var response = await Dashboard.SendAsync(HttpMethod.Post, "/_blazor/negotiate?negotiateVersion=1", With(origin));
        return response.StatusCode;
    }

    private async Task<HttpStatusCode> UpgradeAsync(string? origin)
    {
        (string, string)[] upgrade =
        [
            ("Connection", "Upgrade"), ("Upgrade", "websocket"), ("Sec-WebSocket-Version", "13"), ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="),
        ];
        using var response = await Dashboard.SendAsync(HttpMethod.Get, "/_blazor", [.. With(origin), .. upgrade]);
        return response.StatusCode;
    }

    private (string, string)[] With(string? origin) => origin is null ? [("Cookie", Cookie)] : [("Cookie", Cookie), ("Origin", origin)];
}
