using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using VoiceBridge.MediaGateway.Sockets;
using VoiceBridge.Testing;
using VoiceBridge.Testing.SignIn;

namespace VoiceBridge.MediaGateway.Tests.Sockets;

/// <summary>Kestrel on the gateway's own connections, over real sockets.</summary>
public sealed class MediaConnectionTests : IAsyncLifetime
{
    private const string Upgrade =
        "GET /echo HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";

    private readonly TaskCompletionSource<CancellationToken> _aborted = new();
    private WebApplication _app = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton(TimeProvider.System);
        builder.AddMediaSockets();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, 0);
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.UseHttps(LoopbackCertificate.Instance));
        });
        _app = builder.Build();
        _app.MapGet("/hello", () => "hello");
        _app.MapGet("/abort", (HttpContext context) => context.Abort());
        _app.MapPost("/length", async (HttpRequest request) =>
        {
            using var body = new MemoryStream();
            await request.Body.CopyToAsync(body);
            return $"{body.Length}";
        });
        _app.Map("/echo", EchoAsync);
        await _app.StartAsync(Ct);
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    [Fact]
    public async Task Frames_ThatCameWithTheUpgradeRequest_AreNotLost()
    {
        using var client = await ConnectAsync();
        await client.SendAsync((byte[])[.. Encoding.ASCII.GetBytes(Upgrade), .. Frame("early"), .. Frame("twice")[..4]], SocketFlags.None, Ct);
        await client.SendAsync(Frame("twice").AsMemory(4), SocketFlags.None, Ct);
        await ReadUntilAsync(client, "twice");
    }

    [Fact]
    public async Task PipelinedRequests_AreAnsweredInTurn()
    {
        using var client = await ConnectAsync();
        var requests = string.Concat(Enumerable.Repeat("GET /hello HTTP/1.1\r\nHost: x\r\n\r\n", 50)) + "GET /hello HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
        await client.SendAsync(Encoding.ASCII.GetBytes(requests), SocketFlags.None, Ct);
        var answers = await ReadToEndAsync(client);
        Assert.Equal(51, answers.Split("200 OK").Length - 1);
    }

    [Fact]
    public async Task LongBody_IsReadToItsEnd()
    {
        using var http = new HttpClient { BaseAddress = Address("http") };
        using var response = await http.PostAsync(new Uri("/length", UriKind.Relative), new ByteArrayContent(new byte[3_000_000]), Ct);
        Assert.Equal("3000000", await response.Content.ReadAsStringAsync(Ct));
    }

    [Fact]
    public async Task AbortedConnection_IsOverForBothSides()
    {
        using var client = await ConnectAsync();
        await client.SendAsync("GET /abort HTTP/1.1\r\nHost: x\r\n\r\n"u8.ToArray(), SocketFlags.None, Ct);
        Assert.Equal("", await ReadToEndAsync(client));
    }

    [Fact]
    public async Task AbortedSocket_EndsTheRequest_AndTheClientSeesItGo()
    {
        using var socket = new ClientWebSocket();
        await socket.ConnectAsync(new Uri($"ws://127.0.0.1:{Address("http").Port}/echo"), Ct);
        await socket.SendAsync("abort"u8.ToArray(), WebSocketMessageType.Text, true, Ct);
        await Assert.ThrowsAsync<WebSocketException>(async () => await socket.ReceiveAsync(new byte[10], Ct));
        var aborted = await _aborted.Task.WaitAsync(TimeSpan.FromSeconds(30), Ct);
        await Eventually.True(() => aborted.IsCancellationRequested, what: "the request to know that its connection is gone");
    }

    [Theory]
    [InlineData("ws")]
    [InlineData("wss")]
    public async Task Messages_OfEverySize_ComeBack_WithAndWithoutTls(string scheme)
    {
        using var socket = new ClientWebSocket();
        using var invoker = new HttpMessageInvoker(LoopbackCertificate.NewHandler());
        await socket.ConnectAsync(new Uri($"{scheme}://localhost:{Address(scheme == "ws" ? "http" : "https").Port}/echo"), invoker, Ct);
        foreach (var size in (int[])[1, 125, 126, 1_400, 2_034, 2_048, 2_049, 65_536, 200_000])
        {
            var sent = new byte[size];
            Random.Shared.NextBytes(sent);
            await socket.SendAsync(sent, WebSocketMessageType.Binary, true, Ct);
            var heard = new byte[size + 1];
            var length = 0;
            WebSocketReceiveResult part;
            do
            {
                part = await socket.ReceiveAsync(new ArraySegment<byte>(heard, length, heard.Length - length), Ct);
                length += part.Count;
            }
            while (!part.EndOfMessage);
            Assert.Equal(sent, heard[..length]);
        }
        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, Ct);
        Assert.Equal(WebSocketState.Closed, socket.State);
    }

    [Fact]
    public async Task StoppedServer_TakesNoMoreConnections()
    {
        var port = Address("http").Port;
        await _app.StopAsync(Ct);
        using var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await Assert.ThrowsAsync<SocketException>(async () => await client.ConnectAsync(IPAddress.Loopback, port, Ct));
    }

    [Fact]
    public async Task PortThatIsTaken_IsNamed()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.AddMediaSockets();
        builder.WebHost.UseUrls($"http://127.0.0.1:{Address("http").Port}");
        await using var second = builder.Build();
        var exception = await Assert.ThrowsAsync<IOException>(() => second.StartAsync(Ct));
        Assert.Contains("address already in use", exception.Message, StringComparison.OrdinalIgnoreCase);
    }

    private async Task EchoAsync(HttpContext context)
    {
        // Without a connection of ours the test would try Kestrel's.
        Assert.NotNull(context.Features.Get<MediaConnection>());
        using var socket = await ServerHandshake.AcceptAsync(context, new MediaOptions { MaxBytesPerSecond = 1_000_000_000 }, TimeProvider.System);
        _aborted.TrySetResult(context.RequestAborted);
        var writer = new SocketWriter(socket, AudioLane.Complete(TimeSpan.Zero), TimeSpan.FromMinutes(1), TimeProvider.System, _ => { });
        await new MessagePump(socket, new MessageLimits(1_000_000, 10_000), TimeProvider.System).RunAsync((message, type) =>
        {
            if (message.SequenceEqual("abort"u8))
                socket.Abort();
            else
                writer.Control(OutMessage.Shared(message.ToArray(), 0, type));
            return true;
        });
        writer.Close();
    }

    private Uri Address(string scheme) => new(_app.Urls.First(url => url.StartsWith(scheme + ":", StringComparison.Ordinal)));

    private async Task<Socket> ConnectAsync()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(IPAddress.Loopback, Address("http").Port, Ct);
        return socket;
    }

    /// <summary>As a client sends it, masked with zeros.</summary>
    private static byte[] Frame(string text) => [0x81, (byte)(0x80 | text.Length), 0, 0, 0, 0, .. Encoding.UTF8.GetBytes(text)];

    private static async Task ReadUntilAsync(Socket socket, string end)
    {
        var all = new StringBuilder();
        var buffer = new byte[4096];
        while (!all.ToString().EndsWith(end, StringComparison.Ordinal))
        {
            var read = await socket.ReceiveAsync(buffer, SocketFlags.None, Ct);
            Assert.True(read > 0, $"only this came: {all}");
            all.Append(Encoding.ASCII.GetString(buffer, 0, read));
        }
        Assert.Contains("early", all.ToString(), StringComparison.Ordinal);
    }

    private static async Task<string> ReadToEndAsync(Socket socket)
    {
        await using var stream = new NetworkStream(socket);
        using var reader = new StreamReader(stream);
        return await reader.ReadToEndAsync(Ct);
    }
}
