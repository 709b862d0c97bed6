using System.Net.Http.Headers;
using System.Net.Http.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using VoiceBridge.CallControl.Tests.Calls;
using VoiceBridge.CallControl.Tests.Fakes;
using VoiceBridge.Cluster.Trust;
using VoiceBridge.Testing;

namespace VoiceBridge.CallControl.Tests.EventGrid;

/// <summary>A developer's machine on which nobody has configured keys: each door opens to that machine, and to nobody who comes through a tunnel or a page.</summary>
public sealed class WithoutKeysTests(RedisServers servers) : ClusterTest(servers)
{
    [Fact]
    public async Task EachDoor_OpensToThisMachineOnly()
    {
        Settings["Ingress:Proxies:0"] = "127.0.0.1";
        foreach (var key in Settings.Keys.Where(IsKey).ToList()) Settings.Remove(key);
        var host = await StartAsync();
        // Everybody can make one of the stand-in key.
        var token = host.Services.GetRequiredService<ClusterTokens>().Issue("callcontrol");

        foreach (var (method, path, body) in new (string, string, object?)[]
        {
            ("POST", "/acs/incomingcall", Array.Empty<object>()),
            ("POST", $"/acs/callbacks/{CallIdOf("one", "ctx-one")}", Array.Empty<object>()),
            ("POST", "/calls/0123456789abcdef0123456789abcdef/transfer", new { callConnectionId = "c", target = "+882161234567" }),
            ("POST", "/calls/0123456789abcdef0123456789abcdef/hangup", new { }),
            ("GET", "/stats", null),
            ("GET", "/scale", null),
        })
        {
            foreach (var (name, value) in ((string, string)[])[("X-Forwarded-For", "203.0.113.9"), ("X-Forwarded-For", "127.0.0.1"), ("Forwarded", "for=x"), ("Host", "evil.example"), ("Origin", "https://evil.example")])
                Assert.True(await SendAsync(host, method, path, body, token, (name, value)) == 401, $"{path} with {name}: {value}");
            Assert.Empty(Acs.Requests);
            Assert.True(await SendAsync(host, method, path, body, token) is 200 or 202, path);
            Acs.Requests.Clear();
        }
    }

    [Theory]
    [InlineData("Acs:ConnectionString", "endpoint=https://resource.communication.azure.com/;accesskey=c2VjcmV0")]
    [InlineData("Acs:Endpoint", "https://resource.communication.azure.com/")]
    public async Task WithARealResource_TheServiceDoesNotStart(string setting, string value)
    {
        Settings.Remove("Acs:ConnectionString");
        Settings[setting] = value;
        var keys = Settings["Cluster:Keys:0"];
        Settings.Remove("Cluster:Keys:0");

        var refusal = await Assert.ThrowsAsync<OptionsValidationException>(StartAsync);
        Assert.Contains("Cluster:Keys", refusal.Message, StringComparison.Ordinal);

        Settings["Cluster:Keys:0"] = keys;
        await StartAsync();
    }

    private static bool IsKey(string setting) =>
        setting.StartsWith("Cluster:Keys", StringComparison.Ordinal) || setting.StartsWith("EventGrid:", StringComparison.Ordinal)
        || setting.StartsWith("Ops:", StringComparison.Ordinal) || setting == "Acs:ResourceId";

    private static async Task<int> SendAsync(CallControlHost host, string method, string path, object? body, string token, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (body is not null) request.Content = JsonContent.Create(body);
        if (path.StartsWith("/calls", StringComparison.Ordinal)) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        using var response = await host.Http.SendAsync(request, Ct);
        return (int)response.StatusCode;
    }
}
