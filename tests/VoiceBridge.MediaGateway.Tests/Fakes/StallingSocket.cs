using System.Net.WebSockets;
using System.Text;

namespace VoiceBridge.MediaGateway.Tests.Fakes;

/// <summary>A socket that takes what is sent, or stalls until it is told to go on.</summary>
internal sealed class StallingSocket : WebSocket
{
    private readonly Lock _gate = new();
    private readonly List<string> _sent = [];
    private TaskCompletionSource? _stall;
    private int _now;

    public bool Aborted { get; private set; }

    public int MostAtOnce { get; private set; }

    public IReadOnlyList<string> Sent
    {
        get
        {
            lock (_gate)
                return [.. _sent];
        }
    }

    public override WebSocketCloseStatus? CloseStatus => null;

    public override string? CloseStatusDescription => null;

    public override WebSocketState State => Aborted ? WebSocketState.Aborted : WebSocketState.Open;

    public override string? SubProtocol => null;

    public void Stall() => _stall = new TaskCompletionSource();

    public void GoOn()
    {
        var stall = _stall!;
        _stall = null;
        stall.SetResult();
    }

    public override void Abort()
    {
        Aborted = true;
        _stall?.TrySetException(new WebSocketException("aborted"));
    }

    public override Task CloseAsync(WebSocketCloseStatus closeStatus, string? statusDescription, CancellationToken cancellationToken) => Task.CompletedTask;

    public override Task CloseOutputAsync(WebSocketCloseStatus closeStatus, string? statusDescription, CancellationToken cancellationToken)
    {
        lock (_gate)
            _sent.Add("<close>");
        return Task.CompletedTask;
    }

    public override void Dispose()
    {
    }

    public override Task<WebSocketReceiveResult> ReceiveAsync(ArraySegment<byte> buffer, CancellationToken cancellationToken) => throw new NotSupportedException();

    public override Task SendAsync(ArraySegment<byte> buffer, WebSocketMessageType messageType, bool endOfMessage, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public override async ValueTask SendAsync(ReadOnlyMemory<byte> buffer, WebSocketMessageType messageType, WebSocketMessageFlags messageFlags, CancellationToken cancellationToken)
    {
        MostAtOnce = Math.Max(MostAtOnce, Interlocked.Increment(ref _now));
        if (_stall is { } stall)
            await stall.Task;
        lock (_gate)
            _sent.Add(Encoding.UTF8.GetString(buffer.Span));
        Interlocked.Decrement(ref _now);
    }
}
