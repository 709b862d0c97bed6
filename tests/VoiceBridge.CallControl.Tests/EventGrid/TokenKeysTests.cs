using System.Net.Http.Headers;
using VoiceBridge.CallControl.Tests.Calls;
using VoiceBridge.CallControl.Tests.Fakes;
using VoiceBridge.Testing;

namespace VoiceBridge.CallControl.Tests.EventGrid;

/// <summary>The keys of tokens cannot be had: nobody can tell whose a request is.</summary>
public sealed class TokenKeysTests(RedisServers servers) : ClusterTest(servers)
{
    [Fact]
    public async Task Webhook_AsksEventGridToComeAgain()
    {
        Settings["EventGrid:Authority"] = $"http://127.0.0.1:{FreePort.Find()}";
        var host = await StartAsync();

        var reply = await host.DeliverAsync($"[{Payloads.IncomingCall("one", "ctx-one")}]", code: null, request =>
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", Acs.Token()));

        Assert.Equal(500, (int)reply.StatusCode);
    }

    [Fact]
    public async Task Callback_IsToComeAgain()
    {
        Settings["Acs:OpenIdConfiguration"] = $"http://127.0.0.1:{FreePort.Find()}/openid";
        var host = await StartAsync();

        var reply = await host.CallBackAsync("0123456789abcdef0123456789abcdef", Acs.Token(), Payloads.Callback("CallConnected"));

        Assert.Equal(500, (int)reply.StatusCode);
    }
}
