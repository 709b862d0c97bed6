using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;
using VoiceBridge.Cluster.Trust;
using VoiceBridge.Local;

namespace VoiceBridge.System.Tests.Agents;

/// <summary>What a page of <c>/talk</c> does: samples both ways, and events in text.</summary>
internal sealed class BrowserCaller : IAsyncDisposable
{
    private const int FrameBytes = 960;
    private readonly ClientWebSocket _socket = new();
    private readonly Lock _gate = new();
    private readonly List<JsonNode> _texts = [];
    private long _bytesHeard;
    private Task _listening = Task.CompletedTask;

    internal required string CallId { get; init; }

    internal long BytesHeard => Interlocked.Read(ref _bytesHeard);

    internal IReadOnlyList<JsonNode> Texts
    {
        get
        {
            lock (_gate) return [.. _texts];
        }
    }

    internal static async Task<BrowserCaller> ConnectAsync(LocalSystem system, string agent, string origin)
    {
        var now = DateTimeOffset.UtcNow;
        var caller = new BrowserCaller { CallId = Guid.NewGuid().ToString("N") };
        var ticket = system.Cluster.Tickets.Issue(new MediaTicket
        {
            CallId = caller.CallId, CorrelationId = Guid.NewGuid().ToString(), CallerId = "somebody", CalledNumber = "", Type = "web", Agent = agent,
            IssuedAt = now, ExpiresAt = now.AddHours(1),
        });
        caller._socket.Options.SetRequestHeader("Origin", origin);
        caller._socket.Options.Proxy = null;
        var address = new UriBuilder(system.Media) { Scheme = "ws", Path = "/web/ws", Query = $"ticket={Uri.EscapeDataString(ticket)}" }.Uri;
        await caller._socket.ConnectAsync(address, TestContext.Current.CancellationToken);
        caller._listening = caller.ListenAsync();
        return caller;
    }

    /// <summary>Hums for a second and is quiet for another: a turn, as far as anybody can hear. At once, as after a stall of the page.</summary>
    internal async Task SayAsync()
    {
        for (var frame = 0; frame < 100; frame++)
        {
            var samples = new byte[FrameBytes];
            for (var i = 0; frame < 50 && i < FrameBytes / 2; i++)
                BitConverter.TryWriteBytes(samples.AsSpan(2 * i), (short)(6_000 * Math.Sin(2 * Math.PI * 5 * i / (FrameBytes / 2))));
            await _socket.SendAsync(samples, WebSocketMessageType.Binary, true, TestContext.Current.CancellationToken);
        }
    }

    internal Task SendAsync(string json) =>
        _socket.SendAsync(Encoding.UTF8.GetBytes(json), WebSocketMessageType.Text, true, TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        _socket.Abort();
        await _listening;
        _socket.Dispose();
    }

    private async Task ListenAsync()
    {
        var buffer = new byte[256 * 1024];
        var length = 0;
        try
        {
            while (true)
            {
                var part = await _socket.ReceiveAsync(buffer.AsMemory(length), CancellationToken.None);
                if (part.MessageType == WebSocketMessageType.Close) return;
                length += part.Count;
                if (!part.EndOfMessage) continue;
                if (part.MessageType == WebSocketMessageType.Binary) Interlocked.Add(ref _bytesHeard, length);
                else
                {
                    lock (_gate) _texts.Add(JsonNode.Parse(buffer.AsSpan(0, length))!);
                }
                length = 0;
            }
        }
        catch (Exception exception) when (exception is WebSocketException or OperationCanceledException or ObjectDisposedException)
        {
            // Over.
        }
    }
}
