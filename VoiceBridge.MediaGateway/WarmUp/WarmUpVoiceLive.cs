using System.Net;
using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using VoiceBridge.ServiceDefaults.WarmUp;

namespace VoiceBridge.MediaGateway.WarmUp;

/// <summary>The other peers of a warm-up call, on two ports of loopback: Voice Live, an HTTP tool, and an echo behind TLS.</summary>
internal sealed class WarmUpVoiceLive : IAsyncDisposable
{
    /// <summary>The name of the tool that the model calls.</summary>
    public const string Tool = "warm_up";

    private const string ToolPath = "/tool";
    private const string EchoPath = "/echo";

    private readonly WebApplication _app;
    private readonly X509Certificate2 _certificate;

    private WarmUpVoiceLive(WebApplication app, X509Certificate2 certificate)
    {
        (_app, _certificate) = (app, certificate);
        CertificateHash = certificate.GetCertHashString(HashAlgorithmName.SHA256);
    }

    public WarmUpTokens Tokens { get; } = new();

    public string CertificateHash { get; }

    public Uri Address => AddressOf(Uri.UriSchemeHttp);

    public string OpenIdConfiguration => Tokens.DocumentOf(Address).ToString();

    public string ToolAddress => $"{Address}{ToolPath[1..]}/{{what}}";

    public Uri EchoAddress => new UriBuilder(AddressOf(Uri.UriSchemeHttps)) { Scheme = "wss", Path = EchoPath }.Uri;

    public static async Task<WarmUpVoiceLive> StartAsync(CancellationToken cancellationToken)
    {
        var builder = WarmUpHost.CreateBuilder(new Dictionary<string, string?>());
        var certificate = MakeCertificate();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.UseHttps(certificate)));
        var app = builder.Build();
        app.UseWebSockets();
        var voiceLive = new WarmUpVoiceLive(app, certificate);
        voiceLive.Tokens.Map(app);
        app.MapGet($"{ToolPath}/{{what}}", (string what) => Results.Json(new Dictionary<string, string> { ["answer"] = what }));
        app.Map("/voice-live/realtime", async (HttpContext context) =>
        {
            using var socket = await context.WebSockets.AcceptWebSocketAsync();
            await new WarmUpSession(socket).RunAsync(context.RequestAborted);
        });
        app.Map(EchoPath, async (HttpContext context) =>
        {
            using var socket = await context.WebSockets.AcceptWebSocketAsync();
            await EchoAsync(socket, context.RequestAborted);
        });
        try
        {
            await app.StartAsync(cancellationToken);
            return voiceLive;
        }
        catch
        {
            await voiceLive.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(1));
        await _app.StopAsync(patience.Token);
        await _app.DisposeAsync();
        _certificate.Dispose();
        Tokens.Dispose();
    }

    private static async Task EchoAsync(WebSocket socket, CancellationToken cancellationToken)
    {
        var buffer = new byte[4_096];
        while (true)
        {
            var part = await socket.ReceiveAsync(buffer.AsMemory(), cancellationToken);
            if (part.MessageType is WebSocketMessageType.Close) break;
            await socket.SendAsync(buffer.AsMemory(0, part.Count), part.MessageType, part.EndOfMessage, cancellationToken);
        }
        await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, cancellationToken);
    }

    private static X509Certificate2 MakeCertificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var now = DateTimeOffset.UtcNow;
        return request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
    }

    private Uri AddressOf(string scheme) => _app.Urls.Select(url => new Uri(url)).First(url => url.Scheme == scheme);
}
