using System.Net.WebSockets;
using System.Security.Cryptography;
using VoiceBridge.Cluster.Trust;
using VoiceBridge.MediaGateway.Callers.Acs;
using VoiceBridge.MediaGateway.Sockets;
using VoiceBridge.ServiceDefaults.WarmUp;

namespace VoiceBridge.MediaGateway.WarmUp;

/// <summary>Calls from a gateway to itself: a second gateway in this process, a caller and a Voice Live on loopback, and everything that is between them in life.</summary>
internal sealed class GatewayWarmUp : IWarmUp
{
    private const int Callers = 3;
    private const int Frames = 200;
    private static readonly TimeSpan TicketLife = TimeSpan.FromMinutes(5);

    private readonly WarmUpVoiceLive _voiceLive;
    private readonly WebApplication _gateway;
    private readonly HttpMessageInvoker _tls;

    private GatewayWarmUp(WarmUpVoiceLive voiceLive, WebApplication gateway)
    {
        (_voiceLive, _gateway) = (voiceLive, gateway);
        // As VoiceLiveConnector's, but that it trusts a certificate which was made a moment ago.
        var handler = PoolThreads.Handler(waits: 8);
        handler.SslOptions.RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate?.GetCertHashString(HashAlgorithmName.SHA256) == voiceLive.CertificateHash;
        _tls = new HttpMessageInvoker(handler);
    }

    /// <summary>Starts the peers and the second gateway, which has the Redis of <paramref name="service"/> and nothing else of it.</summary>
    public static async Task<IWarmUp> StartAsync(IConfiguration service, CancellationToken cancellationToken)
    {
        var voiceLive = await WarmUpVoiceLive.StartAsync(cancellationToken);
        var settings = WarmUpHost.Settings(service);
        foreach (var (name, value) in SettingsOf(voiceLive)) settings[name] = value;
        var gateway = MediaGatewayApp.Build(WarmUpHost.CreateBuilder(settings));
        var warmUp = new GatewayWarmUp(voiceLive, gateway);
        try
        {
            await gateway.StartAsync(cancellationToken);
            return warmUp;
        }
        catch
        {
            await warmUp.DisposeAsync();
            throw;
        }
    }

    public async Task RunRoundAsync(CancellationToken cancellationToken) =>
        await Task.WhenAll(Enumerable.Range(0, Callers).Select(_ => CallAsync(cancellationToken)).Append(RelayOverTlsAsync(cancellationToken)));

    public async ValueTask DisposeAsync()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(1));
        await _gateway.StopAsync(patience.Token);
        await _gateway.DisposeAsync();
        await _voiceLive.DisposeAsync();
        _tls.Dispose();
    }

    private static IEnumerable<(string Name, string Value)> SettingsOf(WarmUpVoiceLive voiceLive) =>
    [
        ("Acs:ResourceId", WarmUpTokens.ResourceId),
        ("Acs:OpenIdConfiguration", voiceLive.OpenIdConfiguration),
        ("VoiceLive:Endpoints:0:Name", "warm-up"),
        ("VoiceLive:Endpoints:0:Url", voiceLive.Address.ToString()),
        ("VoiceLive:Endpoints:0:Model", "warm-up"),
        ("VoiceLive:Endpoints:0:Key", WarmUpHost.Secret()),
        ("VoiceLive:Endpoints:0:ConnectionsPerMinute", "100000"),
        ("Media:MaxMessagesPerSecond", "100000"),
        ("Media:MaxAudioRate", "1000"),
        ("Media:MaxAgentMessagesPerSecond", "100000"),
        ("Drain:Seconds", "0"),
        ("Agents:default:Instructions", "Warm up."),
        ("Agents:default:Greeting:Text", "I am warm."),
        ("Agents:default:Greeting:Interruptible", "true"),
        ($"Tools:Http:{WarmUpVoiceLive.Tool}:Description", "Answers."),
        ($"Tools:Http:{WarmUpVoiceLive.Tool}:Url", voiceLive.ToolAddress),
        ($"Tools:Http:{WarmUpVoiceLive.Tool}:Schema:type", "object"),
        ($"Tools:Http:{WarmUpVoiceLive.Tool}:Schema:properties:what:type", "string"),
    ];

    private async Task CallAsync(CancellationToken cancellationToken)
    {
        var correlationId = Guid.NewGuid().ToString();
        var now = DateTimeOffset.UtcNow;
        var callId = CallId.Of(correlationId, "warm-up");
        var ticket = _gateway.Services.GetRequiredService<MediaTickets>().Issue(new MediaTicket
        {
            CallId = callId,
            CorrelationId = correlationId,
            CallerId = "+14255550100",
            CalledNumber = "+14255550199",
            Type = "acs",
            IssuedAt = now,
            ExpiresAt = now + TicketLife,
            // The last two digits: not sampled. No collector hears of these calls.
            TraceParent = $"00-{callId}-{callId[..16]}-00",
        });
        using var socket = new ClientWebSocket();
        socket.Options.Proxy = null;
        socket.Options.SetRequestHeader("Authorization", $"Bearer {_voiceLive.Tokens.Issue()}");
        socket.Options.SetRequestHeader("x-ms-call-correlation-id", correlationId);
        socket.Options.SetRequestHeader(AcsEndpoint.CallConnectionHeader, callId);
        var gateway = new UriBuilder(_gateway.Urls.First()) { Scheme = "ws", Path = AcsEndpoint.Path, Query = $"ticket={ticket}" }.Uri;
        await socket.ConnectAsync(gateway, cancellationToken);
        await WarmUpCaller.TalkAsync(socket, Frames, cancellationToken);
    }

    /// <summary>Voice Live is reached over TLS, which the scripted one's calls are not.</summary>
    private async Task RelayOverTlsAsync(CancellationToken cancellationToken)
    {
        var stream = await ClientHandshake.ConnectAsync(_tls, _voiceLive.EchoAddress, "api-key", "warm-up", cancellationToken);
        using var socket = new MediaSocket(stream, isServer: false, waitsEmpty: true, FrameLimits.None, TimeSpan.FromSeconds(1), TimeProvider.System);
        await WarmUpCaller.EchoAsync(socket, Frames).WaitAsync(cancellationToken);
    }
}
