using System.Net.Http.Json;
using System.Text.Json;
using VoiceBridge.CallControl.Tests.Calls;
using VoiceBridge.CallControl.Tests.Fakes;
using VoiceBridge.Testing;

namespace VoiceBridge.CallControl.Tests.EventGrid;

public sealed class WebhookTests(RedisServers servers) : ClusterTest(servers)
{
    [Fact]
    public async Task Delivery_NeedsOneOfTheKeys()
    {
        var host = await StartAsync();

        foreach (var (code, status) in new (string?, int)[]
        {
            (null, 401), ("", 401), ("wrong", 401), (CallControlHost.Key + "x", 401), (CallControlHost.Key, 200), (CallControlHost.Key + "-old", 200),
        })
        {
            var reply = await host.DeliverAsync("[]", code);
            Assert.Equal(status, (int)reply.StatusCode);
            Assert.Empty(await reply.Content.ReadAsStringAsync(Ct));
        }

        Assert.Contains(host.Logs.Lines, l => l.Contains("wrong key", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Handshake_OfTheConfiguredSubscription_PassesWithoutAKey_AndCarriesNothingElse()
    {
        var host = await StartAsync();
        var body = $"[{Payloads.Validation("code-1")},{Payloads.IncomingCall("one", "ctx-one")}]";

        var reply = await host.DeliverAsync(body, code: null, Handshake("CALLS"));

        Assert.Equal("code-1", (await reply.Content.ReadFromJsonAsync<JsonElement>(Ct)).GetProperty("validationResponse").GetString());
        Assert.Null(await host.Calls.GetAsync(CallIdOf("one", "ctx-one"), Ct));
        Assert.Equal(401, (int)(await host.DeliverAsync(body, code: null, Handshake("others"))).StatusCode);
        Assert.Equal(401, (int)(await host.DeliverAsync(body, code: "wrong", Handshake("calls"))).StatusCode);
        Assert.Equal(401, (int)(await host.DeliverAsync($"[{Payloads.IncomingCall("one", "ctx-one")}]", code: null, Handshake("calls"))).StatusCode);
    }

    [Fact]
    public async Task CloudEventsHandshake_EchoesTheOrigin()
    {
        var host = await StartAsync();

        var reply = await host.Http.SendAsync(Options(CallControlHost.Key), Ct);

        Assert.Equal(200, (int)reply.StatusCode);
        Assert.Equal("eventgrid.azure.net", Assert.Single(reply.Headers.GetValues("WebHook-Allowed-Origin")));
        Assert.True(reply.Headers.Contains("WebHook-Allowed-Rate"));
        Assert.Equal(401, (int)(await host.Http.SendAsync(Options("wrong"), Ct)).StatusCode);
    }

    [Fact]
    public async Task Body_OfMoreThanAMegabyte_IsRefused()
    {
        var host = await StartAsync();

        Assert.Equal(413, (int)(await host.DeliverAsync(new string(' ', (1024 * 1024) + 1))).StatusCode);
    }

    [Fact]
    public async Task Handshake_OfMoreThanAValidationEvent_IsRefused()
    {
        var host = await StartAsync();

        Assert.Equal(413, (int)(await host.DeliverAsync(new string(' ', (16 * 1024) + 1), code: null, Handshake("calls"))).StatusCode);
    }

    [Fact]
    public async Task WithoutAnyProtection_DevelopmentIsOpenOnLoopback()
    {
        foreach (var key in Settings.Keys.Where(k => k.StartsWith("EventGrid:", StringComparison.Ordinal)).ToList()) Settings.Remove(key);
        var host = await StartAsync();

        Assert.Equal(200, (int)(await host.DeliverAsync("[]", code: null)).StatusCode);
    }

    [Fact]
    public async Task Production_DoesNotStartUnprotected_AndNamesWhatIsMissing()
    {
        var settings = new Dictionary<string, string?>
        {
            ["ConnectionStrings:redis"] = Settings["ConnectionStrings:redis"],
            ["Cluster:Keys:0"] = Settings["Cluster:Keys:0"],
            ["Acs:ConnectionString"] = Settings["Acs:ConnectionString"],
            ["Acs:OpenIdConfiguration"] = Settings["Acs:OpenIdConfiguration"],
        };

        var exception = await Assert.ThrowsAnyAsync<Exception>(() => CallControlHost.StartAsync(settings, "Production"));

        foreach (var setting in (string[])
            ["Acs:ResourceId", "Acs:OpenIdConfiguration", "EventGrid:Keys", "CallControl:PublicUrl", "Media:PublicUrl", "Ops:ApiKeys"])
            Assert.Contains(setting, exception.ToString(), StringComparison.Ordinal);
    }

    private static Action<HttpRequestMessage> Handshake(string subscription) => request =>
    {
        request.Headers.Add("aeg-event-type", "SubscriptionValidation");
        request.Headers.Add("aeg-subscription-name", subscription);
    };

    private static HttpRequestMessage Options(string code)
    {
        var request = new HttpRequestMessage(HttpMethod.Options, $"/acs/incomingcall?code={code}");
        request.Headers.Add("WebHook-Request-Origin", "eventgrid.azure.net");
        return request;
    }
}
