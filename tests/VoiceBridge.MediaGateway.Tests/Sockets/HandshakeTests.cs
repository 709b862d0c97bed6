using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using VoiceBridge.MediaGateway.Sockets;
using VoiceBridge.MediaGateway.Sockets.Frames;
using VoiceBridge.MediaGateway.Tests.Sockets.Frames;
using VoiceBridge.Testing.SignIn;

namespace VoiceBridge.MediaGateway.Tests.Sockets;

/// <summary>The opening handshake, both sides, against bare bytes.</summary>
public sealed class HandshakeTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public void Answer_IsThatOfTheRfc() => Assert.Equal("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", ServerHandshake.Answer("dGhlIHNhbXBsZSBub25jZQ=="));

    [Theory]
    [InlineData(null, null, true)]
    [InlineData("Connection", "keep-alive, upgrade", true)]
    [InlineData("Upgrade", "WebSocket", true)]
    [InlineData("Connection", "close", false)]
    [InlineData("Upgrade", "h2c", false)]
    [InlineData("Sec-WebSocket-Version", "8", false)]
    [InlineData("Sec-WebSocket-Key", "", false)]
    [InlineData("Sec-WebSocket-Key", "c2hvcnQ=", false)]
    [InlineData("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ", false)]
    [InlineData("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZTIz", false)]
    [InlineData("method", "POST", false)]
    public void Request_IsOneForAWebSocket(string? header, string? value, bool isOne)
    {
        var context = new DefaultHttpContext();
        context.Features.Set<IHttpUpgradeFeature>(new Upgradable());
        context.Request.Method = header == "method" ? value! : "GET";
        foreach (var (name, usual) in (ReadOnlySpan<(string, string)>)[
            ("Connection", "Upgrade"), ("Upgrade", "websocket"), ("Sec-WebSocket-Version", "13"), ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==")])
            context.Request.Headers[name] = name == header ? value : usual;
        Assert.Equal(isOne, ServerHandshake.IsRequested(context));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Frame_ThatCameWithTheAnswer_IsRead_AndTheFirstThatIsSent_IsMasked(bool isTls)
    {
        var first = new byte[64];
        await ServeAsync(isTls, async (peer, request) =>
        {
            await peer.WriteAsync((byte[])[.. Encoding.ASCII.GetBytes(Accepted(request)), .. Wire.Frame(Opcode.Text, "early"u8, mask: null)], Ct);
            await peer.ReadExactlyAsync(first.AsMemory(0, 11), Ct);
            await peer.WriteAsync(Wire.Frame(Opcode.Close, [0x03, 0xE8], mask: null), Ct);
        }, async connecting =>
        {
            using var socket = new MediaSocket(await connecting, isServer: false, waitsEmpty: isTls, FrameLimits.None, TimeSpan.FromMinutes(1), TimeProvider.System);
            var heard = new List<string>();
            var writer = new SocketWriter(socket, AudioLane.Complete(TimeSpan.Zero), TimeSpan.FromMinutes(1), TimeProvider.System, _ => { });
            var end = await new MessagePump(socket, new MessageLimits(1_000, 1_000), TimeProvider.System).RunAsync((message, _) =>
            {
                heard.Add(Encoding.UTF8.GetString(message));
                writer.Control(OutMessage.Shared("first"u8.ToArray()));
                return true;
            });
            Assert.Equal((PumpEnd.Closed, "early"), (end, Assert.Single(heard)));
        });
        Assert.Equal([0x81, 0x85], first[..2]);
        Assert.Equal("first"u8.ToArray(), first[6..11].Select((value, i) => (byte)(value ^ first[2 + i % 4])));
    }

    [Fact]
    public Task Refusal_IsNamed_WithWhenToComeAgain() => ServeAsync(
        false,
        async (peer, _) => await peer.WriteAsync("HTTP/1.1 429 Too Many Requests\r\nRetry-After: 7\r\nContent-Length: 4\r\n\r\nbusy"u8.ToArray(), Ct),
        async connecting =>
        {
            var refusal = await Assert.ThrowsAsync<HandshakeException>(() => connecting);
            Assert.Equal((HttpStatusCode.TooManyRequests, "7"), (refusal.Status!.Value, refusal.RetryAfter));
        });

    [Theory]
    [InlineData("Sec-WebSocket-Accept: ", "Sec-WebSocket-Accept: x")]
    [InlineData("Upgrade: websocket", "Upgrade: h2c")]
    [InlineData("Connection: Upgrade", "Connection: close")]
    [InlineData("\r\n\r\n", "\r\nSec-WebSocket-Extensions: permessage-deflate\r\n\r\n")]
    [InlineData("\r\n\r\n", "\r\nSec-WebSocket-Protocol: chat\r\n\r\n")]
    public Task Answer_ThatIsNoWebSocketServers_IsAnError(string right, string wrong) => ServeAsync(
        false,
        async (peer, request) => await peer.WriteAsync(Encoding.ASCII.GetBytes(Accepted(request).Replace(right, wrong, StringComparison.Ordinal)), Ct),
        async connecting => Assert.Null((await Assert.ThrowsAsync<HandshakeException>(() => connecting)).Status));

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public Task PeerThatGoesWithoutAClose_IsBroken(bool isReset) => ServeAsync(
        false,
        async (peer, request) =>
        {
            await peer.WriteAsync(Encoding.ASCII.GetBytes(Accepted(request)), Ct);
            var socket = ((NetworkStream)peer).Socket;
            if (isReset)
                socket.Close(0);
            else
                socket.Shutdown(SocketShutdown.Send);
        }, async connecting =>
        {
            using var socket = new MediaSocket(await connecting, isServer: false, waitsEmpty: false, FrameLimits.None, TimeSpan.FromMinutes(1), TimeProvider.System);
            Assert.Equal(PumpEnd.Broken, await new MessagePump(socket, new MessageLimits(1_000, 1_000), TimeProvider.System).RunAsync((_, _) => true));
        });

    private static string Accepted(string request)
    {
        var key = request.Split("\r\n").First(line => line.StartsWith("Sec-WebSocket-Key: ", StringComparison.Ordinal))["Sec-WebSocket-Key: ".Length..];
        Assert.Contains("\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n", request, StringComparison.Ordinal);
        Assert.Contains("\r\napi-key: secret\r\n", request, StringComparison.Ordinal);
        return $"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: {ServerHandshake.Answer(key)}\r\n\r\n";
    }

    /// <summary>Has <paramref name="serve"/> answer one request, and <paramref name="connect"/> see what comes of it.</summary>
    private static async Task ServeAsync(bool isTls, Func<Stream, string, Task> serve, Func<Task<Stream>, Task> connect)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var handler = PoolThreads.Handler(waits: 8);
        handler.SslOptions.RemoteCertificateValidationCallback = (_, certificate, _, _) => LoopbackCertificate.IsOurs(certificate);
        using var http = new HttpMessageInvoker(handler);
        var address = new Uri($"{(isTls ? "wss" : "ws")}://localhost:{((IPEndPoint)listener.LocalEndpoint).Port}/realtime");
        var connecting = ClientHandshake.ConnectAsync(http, address, "api-key", "secret", Ct);
        using var accepted = await listener.AcceptTcpClientAsync(Ct);
        Stream peer = accepted.GetStream();
        if (isTls)
        {
            var tls = new SslStream(peer);
            await tls.AuthenticateAsServerAsync(LoopbackCertificate.Instance);
            peer = tls;
        }
        var request = new StringBuilder();
        var one = new byte[1];
        while (!request.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            await peer.ReadExactlyAsync(one, Ct);
            request.Append((char)one[0]);
        }
        await Task.WhenAll(serve(peer, request.ToString()), connect(connecting));
    }

    private sealed class Upgradable : IHttpUpgradeFeature
    {
        public bool IsUpgradableRequest => true;

        public Task<Stream> UpgradeAsync() => throw new NotSupportedException();
    }
}
