using System.Net;
using Microsoft.AspNetCore.Builder;
using VoiceBridge.ServiceDefaults.Access;

namespace VoiceBridge.ServiceDefaults.Tests.Access;

public class OpsAccessTests
{
    private const string Key = "0123456789abcdef-first";
    private const string NextKey = "0123456789abcdef-second";

    [Theory]
    [InlineData(null, HttpStatusCode.Unauthorized)]
    [InlineData("wrong", HttpStatusCode.Unauthorized)]
    [InlineData(Key, HttpStatusCode.OK)]
    [InlineData(NextKey, HttpStatusCode.OK)]
    public async Task Stats_NeedOneOfTheKeys(string? key, HttpStatusCode expected)
    {
        await using var host = await ServiceHost.StartAsync(
            "Production", new() { ["Ops:ApiKeys:0"] = Key, ["Ops:ApiKeys:1"] = NextKey }, app => app.MapGet("/stats", () => "ok").RequireOpsAccess());
        using var request = new HttpRequestMessage(HttpMethod.Get, "/stats");
        if (key is not null) request.Headers.Add(OpsAccess.Header, key);

        using var response = await host.Client.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(expected, response.StatusCode);
        if (expected != HttpStatusCode.OK)
            Assert.Empty(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task WithoutKeys_DevelopmentOnLoopbackIsOpen()
    {
        await using var host = await ServiceHost.StartAsync("Development", [], app => app.MapGet("/stats", () => "ok").RequireOpsAccess());
        using var response = await host.Client.GetAsync(new Uri("/stats", UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Fact]
    public async Task Alive_NeedsNoKey()
    {
        await using var host = await ServiceHost.StartAsync("Production", new() { ["Ops:ApiKeys:0"] = Key });
        using var response = await host.Client.GetAsync(new Uri("/alive", UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }
}
