using System.Buffers.Text;
using System.Net.WebSockets;

namespace VoiceBridge.MediaGateway.Tests.Model;

/// <summary>Takes the caller's frames and remembers their numbers, no more: a search sends millions of them.</summary>
internal sealed class ModelSocket : WebSocket
{
    private static ReadOnlySpan<byte> Audio => "\"audio\":\""u8;

    /// <summary>The numbers of the frames, in the order in which they came.</summary>
    public List<int> Frames { get; } = [];

    public override WebSocketCloseStatus? CloseStatus => null;

    public override string? CloseStatusDescription => null;

    public override WebSocketState State => WebSocketState.Open;

    public override string? SubProtocol => null;

    public override void Abort()
    {
    }

    public override Task CloseAsync(WebSocketCloseStatus closeStatus, string? statusDescription, CancellationToken cancellationToken) => Task.CompletedTask;

    public override Task CloseOutputAsync(WebSocketCloseStatus closeStatus, string? statusDescription, CancellationToken cancellationToken) => Task.CompletedTask;

    public override void Dispose()
    {
    }

    public override Task<WebSocketReceiveResult> ReceiveAsync(ArraySegment<byte> buffer, CancellationToken cancellationToken) => throw new NotSupportedException();

    public override Task SendAsync(ArraySegment<byte> buffer, WebSocketMessageType messageType, bool endOfMessage, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public override ValueTask SendAsync(ReadOnlyMemory<byte> buffer, WebSocketMessageType messageType, WebSocketMessageFlags messageFlags, CancellationToken cancellationToken)
    {
        Span<byte> number = stackalloc byte[6];
        var text = buffer.Span[(buffer.Span.IndexOf(Audio) + Audio.Length)..];
        Base64.DecodeFromUtf8(text[..8], number, out _, out _, isFinalBlock: false);
        Frames.Add(BitConverter.ToInt32(number));
        return ValueTask.CompletedTask;
    }
}
