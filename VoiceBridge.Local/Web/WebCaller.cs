using System.Net.WebSockets;
using VoiceBridge.Cluster.Trust;

namespace VoiceBridge.Local.Web;

/// <summary>
/// A caller in a browser, without the browser: the socket that the dashboard's page opens, PCM16 at 24 kHz both ways. Hums now
/// and then, so that the agent has somebody to answer.
/// </summary>
internal sealed class WebCaller : IAsyncDisposable
{
    private const int FrameBytes = 960;
    private const int FramesPerSecond = 50;
    private const int HumFrequency = 250;
    private const int CycleFrames = 8 * FramesPerSecond;
    private static readonly TimeSpan CloseDeadline = TimeSpan.FromSeconds(5);
    private readonly ClientWebSocket _socket = new();
    private readonly CancellationTokenSource _stop = new();
    private Task _talking = Task.CompletedTask;
    private int _hungUp;

    /// <summary>Audio that was sent, in frames of 20 ms.</summary>
    public long FramesSent { get; private set; }

    /// <summary>Audio that came back, in frames of 20 ms.</summary>
    public long FramesHeard { get; private set; }

    /// <summary>Opens the socket with a ticket of its own.</summary>
    public static Task<WebCaller> StartAsync(LocalSystem system, string name, CancellationToken cancellationToken) =>
        StartAsync(system, name, "http://localhost", cancellationToken);

    /// <summary>The same from a page of <paramref name="origin"/>.</summary>
    internal static async Task<WebCaller> StartAsync(LocalSystem system, string name, string origin, CancellationToken cancellationToken)
    {
        var now = DateTimeOffset.UtcNow;
        var ticket = system.Cluster.Tickets.Issue(new MediaTicket
        {
            CallId = Guid.NewGuid().ToString("N"),
            CorrelationId = Guid.NewGuid().ToString(),
            CallerId = name,
            CalledNumber = "",
            Type = "web",
            IssuedAt = now,
            ExpiresAt = now + TimeSpan.FromHours(1),
        });
        var caller = new WebCaller();
        caller._socket.Options.SetRequestHeader("Origin", origin);
        caller._socket.Options.Proxy = null;
        var address = new UriBuilder(system.Media) { Scheme = "ws", Path = "/web/ws", Query = $"ticket={Uri.EscapeDataString(ticket)}" }.Uri;
        await caller._socket.ConnectAsync(address, cancellationToken);
        caller._talking = Task.WhenAll(caller.SpeakAsync(), caller.ListenAsync());
        return caller;
    }

    /// <summary>Hangs up.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _hungUp, 1) != 0) return;
        await _stop.CancelAsync();
        try
        {
            if (_socket.State is WebSocketState.Open) await _socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);
            await _talking.WaitAsync(CloseDeadline);
        }
        catch (Exception exception) when (exception is WebSocketException or TimeoutException)
        {
            _socket.Abort();
        }
        _socket.Dispose();
        _stop.Dispose();
    }

    private async Task SpeakAsync()
    {
        var hum = new byte[FrameBytes];
        for (var i = 0; i < FrameBytes / 2; i++)
            BitConverter.TryWriteBytes(hum.AsSpan(2 * i), (short)(6_000 * Math.Sin(2 * Math.PI * HumFrequency * i / (FrameBytes / 2 * FramesPerSecond))));
        var quiet = new byte[FrameBytes];
        using var pace = new PeriodicTimer(TimeSpan.FromSeconds(1.0 / FramesPerSecond));
        try
        {
            while (await pace.WaitForNextTickAsync(_stop.Token))
            {
                var speaking = FramesSent % CycleFrames is >= 6 * FramesPerSecond and < 7 * FramesPerSecond;
                await _socket.SendAsync(speaking ? hum : quiet, WebSocketMessageType.Binary, true, CancellationToken.None);
                FramesSent++;
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or WebSocketException)
        {
            // Hung up, by whichever side.
        }
    }

    private async Task ListenAsync()
    {
        var buffer = new byte[64 * 1024];
        long bytes = 0;
        try
        {
            while (_socket.State is WebSocketState.Open or WebSocketState.CloseSent)
            {
                var received = await _socket.ReceiveAsync(buffer, CancellationToken.None);
                if (received.MessageType == WebSocketMessageType.Close) return;
                if (received.MessageType == WebSocketMessageType.Binary) FramesHeard = (bytes += received.Count) / FrameBytes;
            }
        }
        catch (WebSocketException)
        {
            // Hung up by the other side.
        }
    }
}
