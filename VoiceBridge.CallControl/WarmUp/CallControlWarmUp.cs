using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using VoiceBridge.Cluster.Gateways;
using VoiceBridge.Cluster.Trust;
using VoiceBridge.ServiceDefaults.WarmUp;

namespace VoiceBridge.CallControl.WarmUp;

/// <summary>Whole calls through a second CallControl in this process: the event, the answer, the callbacks, a gateway that hangs up. Its ACS is on loopback.</summary>
internal sealed class CallControlWarmUp : IWarmUp
{
    private const int Calls = 8;
    private const string Audience = "callcontrol";

    private readonly WarmUpAcs _acs;
    private readonly WebApplication _service;
    private readonly string _webhookKey;
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false });

    private CallControlWarmUp(WarmUpAcs acs, WebApplication service, string webhookKey) => (_acs, _service, _webhookKey) = (acs, service, webhookKey);

    /// <summary>
    /// Starts the peer and the second service, which has the Redis of <paramref name="service"/>, what <paramref name="configure"/> adds (another client of ACS),
    /// and nothing else of it.
    /// </summary>
    public static async Task<IWarmUp> StartAsync(IConfiguration service, Action<WebApplicationBuilder>? configure, CancellationToken cancellationToken)
    {
        var acs = await WarmUpAcs.StartAsync(cancellationToken);
        var webhookKey = Guid.NewGuid().ToString("N");
        var settings = WarmUpHost.Settings(service);
        foreach (var (name, value) in SettingsOf(acs, webhookKey)) settings[name] = value;
        var warmUp = new CallControlWarmUp(acs, CallControlApp.Build(WarmUpHost.CreateBuilder(settings), configure), webhookKey);
        try
        {
            await warmUp._service.StartAsync(cancellationToken);
            warmUp._http.BaseAddress = new Uri(warmUp._service.Urls.First());
            return warmUp;
        }
        catch
        {
            await warmUp.DisposeAsync();
            throw;
        }
    }

    public async Task RunRoundAsync(CancellationToken cancellationToken)
    {
        await AnnounceGatewayAsync(cancellationToken);
        await Task.WhenAll(Enumerable.Range(0, Calls).Select(_ => CallAsync(cancellationToken)));
        (await _http.GetAsync(new Uri("/health", UriKind.Relative), cancellationToken)).Dispose();
    }

    public async ValueTask DisposeAsync()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(1));
        await _service.StopAsync(patience.Token);
        await _service.DisposeAsync();
        await _acs.DisposeAsync();
        _http.Dispose();
    }

    private static IEnumerable<(string Name, string Value)> SettingsOf(WarmUpAcs acs, string webhookKey) =>
    [
        ("CallControl:PublicUrl", "http://127.0.0.1:9"),
        ("Media:PublicUrl", "ws://127.0.0.1:9"),
        ("Acs:ConnectionString", $"endpoint={acs.Address};accesskey={WarmUpHost.Secret()}"),
        ("Acs:ResourceId", WarmUpTokens.ResourceId),
        ("Acs:OpenIdConfiguration", acs.OpenIdConfiguration),
        ("EventGrid:Keys:0", webhookKey),
        // Without Redis nobody is admitted: soon over then.
        ("Admission:RingSeconds", "1"),
    ];

    /// <summary>Room for the calls, as a gateway would announce it.</summary>
    private async Task AnnounceGatewayAsync(CancellationToken cancellationToken)
    {
        var heartbeat = new GatewayHeartbeat { GatewayId = "warm-up", Capacity = 10_000, Endpoints = [new VoiceLiveEndpointStatus("warm-up", 100_000, Healthy: true)] };
        await _service.Services.GetRequiredService<GatewayRegistry>().AnnounceAsync(heartbeat, [], cancellationToken);
    }

    private async Task CallAsync(CancellationToken cancellationToken)
    {
        var correlationId = Guid.NewGuid().ToString();
        var callId = CallId.Of(correlationId, correlationId);
        var answered = _acs.WhenAnswered(correlationId);
        await PostAsync($"/acs/incomingcall?code={_webhookKey}", Event(correlationId), "application/json", null, cancellationToken);
        var connection = await answered.WaitAsync(cancellationToken);
        var token = _acs.Tokens.Issue();
        foreach (var type in (string[])["CallConnected", "MediaStreamingStarted"])
            await PostAsync($"/acs/callbacks/{callId}", Callback(type, connection, correlationId), "application/cloudevents-batch+json", token, cancellationToken);
        var cluster = _service.Services.GetRequiredService<ClusterTokens>().Issue(Audience);
        await PostAsync($"/calls/{callId}/hangup", $$"""{"callConnectionId":"{{connection}}"}""", "application/json", cluster, cancellationToken);
        await PostAsync($"/acs/callbacks/{callId}", Callback("CallDisconnected", connection, correlationId), "application/cloudevents-batch+json", token, cancellationToken);
    }

    private async Task PostAsync(string path, string body, string contentType, string? token, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(body, Encoding.UTF8, contentType) };
        if (token is not null) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using var reply = await _http.SendAsync(request, cancellationToken);
        reply.EnsureSuccessStatusCode();
    }

    /// <summary>The context names the call to the peer.</summary>
    private static string Event(string correlationId) =>
        $$$"""
        [{"id":"{{{Guid.NewGuid()}}}","topic":"/warm-up","subject":"warm-up","eventType":"Microsoft.Communication.IncomingCall","dataVersion":"1.0","metadataVersion":"1",
          "eventTime":"{{{DateTimeOffset.UtcNow.ToString("O", CultureInfo.InvariantCulture)}}}",
          "data":{"to":{"kind":"phoneNumber","rawId":"4:+14255550199","phoneNumber":{"value":"+14255550199"}},
                  "from":{"kind":"phoneNumber","rawId":"4:+14255550100","phoneNumber":{"value":"+14255550100"}},
                  "serverCallId":"warm-up","incomingCallContext":"{{{correlationId}}}","correlationId":"{{{correlationId}}}"} }]
        """;

    private static string Callback(string type, string connection, string correlationId) =>
        $$$"""
        [{"id":"{{{Guid.NewGuid()}}}","source":"calling/callConnections/{{{connection}}}","type":"Microsoft.Communication.{{{type}}}","specversion":"1.0",
          "time":"{{{DateTimeOffset.UtcNow.ToString("O", CultureInfo.InvariantCulture)}}}","datacontenttype":"application/json","subject":"calling/callConnections/{{{connection}}}",
          "data":{"callConnectionId":"{{{connection}}}","serverCallId":"warm-up","correlationId":"{{{correlationId}}}","resultInformation":{"code":200,"subCode":0,"message":"ok"}} }]
        """;
}
