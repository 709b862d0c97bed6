using System.Net;
using Microsoft.Extensions.Configuration;
using VoiceBridge.Dashboard.Access;
using VoiceBridge.ServiceDefaults.Access;
using VoiceBridge.Testing.Clusters;

namespace VoiceBridge.Dashboard.Tests.Access;

public sealed class AccessTests
{
    [Theory]
    [InlineData("/")]
    [InlineData("/gateways")]
    [InlineData("/calls")]
    [InlineData("/calls/0123456789abcdef0123456789abcdef")]
    [InlineData("/talk")]
    [InlineData("/api/cluster")]
    [InlineData("/openapi/v1.json")]
    [InlineData("/_blazor/negotiate?negotiateVersion=1")]
    public async Task Anonymous_SeesNothing(string path)
    {
        await using var dashboard = await HostedDashboard.StartAsync();

        using var response = path.StartsWith("/_blazor", StringComparison.Ordinal)
            ? await dashboard.Http.PostAsync(path, null, TestContext.Current.CancellationToken)
            : await dashboard.GetAsync(path, null);

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
    }

    [Fact]
    public async Task Reader_SeesPagesButNotTalk()
    {
        await using var dashboard = await HostedDashboard.StartAsync();

        foreach (var path in new[] { "/", "/gateways", "/calls", "/api/cluster", "/openapi/v1.json" })
        {
            using var page = await dashboard.GetAsync(path, Policies.ReaderRole);
            Assert.Equal(HttpStatusCode.OK, page.StatusCode);
        }
        using var talk = await dashboard.GetAsync("/talk", Policies.ReaderRole);
        Assert.Equal(HttpStatusCode.Forbidden, talk.StatusCode);
    }

    [Fact]
    public async Task SomeoneWithoutARole_IsForbidden()
    {
        await using var dashboard = await HostedDashboard.StartAsync();

        using var response = await dashboard.GetAsync("/", "Something.Else");

        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
    }

    [Fact]
    public async Task LoopbackInDevelopment_IsOpenUnderALoopbackNameOnly()
    {
        await using var dashboard = await HostedDashboard.StartAsync(loopbackSignIn: true);

        using var local = await dashboard.GetAsync("/", null);
        using var rebound = await dashboard.GetAsync("/", null, host: "rebound.example.com");

        Assert.Equal(HttpStatusCode.OK, local.StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, rebound.StatusCode);
        Assert.Contains("AzureAd:ClientId", await rebound.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Production")]
    [InlineData("Staging")]
    public async Task OutsideDevelopmentWithoutSignIn_ItRefusesToStartAndSaysWhy(string environment)
    {
        await using var app = DashboardApp.Create(["--environment", environment], builder =>
        {
            builder.Configuration.AddInMemoryCollection(TestSettings.Of("127.0.0.1:1,connectTimeout=100,connectRetry=0"));
            builder.Configuration["urls"] = "http://127.0.0.1:0";
        });

        var refusal = await Assert.ThrowsAsync<SettingsException>(() => app.StartAsync(TestContext.Current.CancellationToken));

        Assert.Contains("AzureAd:ClientId", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WithEntraId_AStrangerIsSentToSignIn()
    {
        await using var app = DashboardApp.Create(["--environment", "Development"], builder =>
        {
            var settings = TestSettings.Of("127.0.0.1:1,connectTimeout=100,connectRetry=0");
            settings["AzureAd:Instance"] = "https://login.microsoftonline.com/";
            settings["AzureAd:TenantId"] = "11111111-1111-1111-1111-111111111111";
            settings["AzureAd:ClientId"] = "22222222-2222-2222-2222-222222222222";
            builder.Configuration.AddInMemoryCollection(settings);
        });
        var schemes = (Microsoft.AspNetCore.Authentication.IAuthenticationSchemeProvider)app.Services.GetService(typeof(Microsoft.AspNetCore.Authentication.IAuthenticationSchemeProvider))!;

        var challenge = await schemes.GetDefaultChallengeSchemeAsync();

        Assert.Equal("OpenIdConnect", challenge?.Name);
        Assert.Null(await schemes.GetSchemeAsync("Loopback"));
    }

    [Fact]
    public async Task Pages_AllowNothingFromElsewhere()
    {
        await using var dashboard = await HostedDashboard.StartAsync();

        using var response = await dashboard.GetAsync("/", Policies.ReaderRole);

        var policy = string.Join(' ', response.Headers.GetValues("Content-Security-Policy"));
        Assert.Contains("default-src 'none'", policy, StringComparison.Ordinal);
        Assert.Contains("script-src 'self';", policy, StringComparison.Ordinal);
        Assert.Contains("frame-ancestors 'none'", policy, StringComparison.Ordinal);
        Assert.Contains("connect-src 'self' wss://media.test;", policy, StringComparison.Ordinal);
        Assert.Equal("nosniff", Assert.Single(response.Headers.GetValues("X-Content-Type-Options")));
    }

    [Theory]
    [InlineData("_framework/blazor.web.js")]
    [InlineData("css/app.css")]
    [InlineData("css/tokens.css")]
    [InlineData("js/playback-worklet.js")]
    [InlineData("fonts/inter.woff2")]
    public async Task StaticFiles_AreServedWhenAnotherExecutableHostsTheDashboard(string file)
    {
        await using var dashboard = await HostedDashboard.StartAsync();

        using var response = await dashboard.GetAsync("/" + file, null);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.NotEmpty(await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task RedisAway_IsSaidOnThePageAndIsNoError()
    {
        await using var dashboard = await HostedDashboard.StartAsync();

        await VoiceBridge.Testing.Eventually.True(async () =>
        {
            using var page = await dashboard.GetAsync("/", Policies.ReaderRole);
            page.EnsureSuccessStatusCode();
            return (await page.Content.ReadAsStringAsync()).Contains("Redis does not answer", StringComparison.Ordinal);
        }, what: "the stale banner");
    }
}
