using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Xml.Linq;
using Microsoft.Extensions.DependencyInjection;
using VoiceBridge.CallControl.Tests.Fakes;
using VoiceBridge.Cluster.Calls;
using VoiceBridge.Cluster.Connections;
using VoiceBridge.Simulator;
using VoiceBridge.Testing;

namespace VoiceBridge.CallControl.Tests.Twilio;

/// <summary>Replicas of the service for a simulated Twilio, media sockets that nobody minds, and a Redis.</summary>
public abstract class TwilioTest(RedisServers servers) : IAsyncLifetime
{
    private readonly List<IAsyncDisposable> _started = [];

    private protected SimulatedAzure Azure { get; private set; } = null!;

    private protected TwilioBehaviour Twilio => Azure.Options.Twilio;

    private protected MediaSink Media { get; private set; } = null!;

    private protected Dictionary<string, string?> Settings { get; private set; } = null!;

    private protected FakeGateway Gateway { get; private set; } = null!;

    private protected Uri Address { get; } = new($"http://127.0.0.1:{FreePort.Find()}");

    private protected static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        Azure = Keep(await SimulatedAzure.StartAsync(new SimulatorOptions(), ct: Ct));
        Media = Keep(await MediaSink.StartAsync());
        Settings = new Dictionary<string, string?>
        {
            ["ConnectionStrings:redis"] = (await servers.GetAsync(RedisKind.Garnet)).ConnectionString,
            ["Cluster:Name"] = RedisServers.UniqueName(),
            ["Cluster:Keys:0"] = Convert.ToBase64String(Encoding.ASCII.GetBytes("a cluster key of thirty-two bytes or more")),
            ["CallControl:PublicUrl"] = Address.GetLeftPart(UriPartial.Authority),
            ["Media:PublicUrl"] = Media.Address,
            ["Twilio:AccountSid"] = Twilio.AccountSid,
            ["Twilio:AuthToken"] = Twilio.AuthToken,
            ["Twilio:ApiUrl"] = Azure.Address.GetLeftPart(UriPartial.Authority),
            ["Recovery:Seconds"] = "8",
        };
        Twilio.VoiceUrl = new Uri(Address, "/twilio/voice");
        Twilio.StatusCallback = new Uri(Address, "/twilio/status");
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var started in Enumerable.Reverse(_started)) await started.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    private protected async Task<CallControlHost> StartAsync(int capacity = 10)
    {
        var host = Keep(await CallControlHost.StartAsync(Settings, address: Address.GetLeftPart(UriPartial.Authority)));
        if (capacity > 0) Gateway = Keep(await FakeGateway.StartAsync(host.Services, capacity));
        return host;
    }

    private protected T Keep<T>(T started)
        where T : IAsyncDisposable
    {
        _started.Add(started);
        return started;
    }

    private protected SimulatedCall Call(CallerScript? script = null) =>
        Azure.PlaceCall(new CallPlan { Network = PhoneNetwork.Twilio, Script = script ?? CallerScript.Start });

    /// <summary>A call that is answered, with its media socket registered at a gateway.</summary>
    private protected async Task<(SimulatedCall Call, CallRecord Record)> ConnectedAsync(CallControlHost host)
    {
        var call = Call();
        var record = await RecordAsync(host, call, r => r.State is CallState.Connected, "the connected call");
        await OpenAsync(host, record, "socket-1");
        return (call, (await host.Calls.GetAsync(record.CallId, Ct))!);
    }

    private protected Task OpenAsync(CallControlHost host, CallRecord record, string connectionId) => Gateway.OpenAsync(
        host.Services.GetRequiredService<ConnectionDirectory>(),
        new ConnectionRecord
        {
            CallId = record.CallId, ConnectionId = connectionId, GatewayId = Gateway.Id, CallerId = record.From, CorrelationId = record.CorrelationId, Type = "twilio",
            ConnectedAt = DateTimeOffset.UtcNow, Status = "connected",
        });

    private protected static Task<CallRecord> RecordAsync(CallControlHost host, SimulatedCall call, Func<CallRecord, bool> wanted, string what) => Eventually.Get(
        async () => (await host.Calls.ListLiveAsync(Ct)).Concat(await host.Calls.ListRecentAsync(100, Ct)).FirstOrDefault(r => r.CorrelationId == call.CorrelationId)!,
        record => record is not null && wanted(record), what: what);

    /// <summary>A request as Twilio signs it; signed here, by a hash of hashes, and by nothing of the service or of the simulator.</summary>
    private protected async Task<HttpResponseMessage> PostAsync(
        CallControlHost host, string path, Dictionary<string, string>? more = null, string? signature = null, string? token = null)
    {
        Dictionary<string, string> form = new()
        {
            ["AccountSid"] = Twilio.AccountSid, ["CallSid"] = "CA00000000000000000000000000000002", ["From"] = "+14255550100", ["To"] = "+14255550199", ["CallStatus"] = "ringing",
        };
        foreach (var (name, value) in more ?? []) form[name] = value;
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new FormUrlEncodedContent(form) };
        request.Headers.TryAddWithoutValidation("X-Twilio-Signature", signature ?? Sign(Address.GetLeftPart(UriPartial.Authority) + path, form, token ?? Twilio.AuthToken));
        return await host.Http.SendAsync(request, Ct);
    }

    private protected static async Task<XElement> TwimlAsync(HttpResponseMessage response)
    {
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("text/xml", response.Content.Headers.ContentType?.MediaType);
        return XElement.Parse(await response.Content.ReadAsStringAsync(Ct));
    }

    private static string Sign(string url, Dictionary<string, string> form, string token)
    {
        var data = url + string.Concat(form.OrderBy(p => p.Key, StringComparer.Ordinal).Select(p => p.Key + p.Value));
        var key = new byte[64];
        Encoding.ASCII.GetBytes(token).CopyTo(key, 0);
        Func<byte[], byte[]> sha1 = SHA1.HashData;
        var inner = sha1([.. key.Select(b => (byte)(b ^ 0x36)), .. Encoding.UTF8.GetBytes(data)]);
        return Convert.ToBase64String(sha1([.. key.Select(b => (byte)(b ^ 0x5C)), .. inner]));
    }
}
