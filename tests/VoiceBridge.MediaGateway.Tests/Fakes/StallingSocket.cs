using System.Net.WebSockets;
using System.Text;
using VoiceBridge.MediaGateway.Sockets;

namespace VoiceBridge.MediaGateway.Tests.Fakes;

/// <summary>A socket that takes what is sent, or stalls until it is told to go on.</summary>
internal sealed class StallingSocket : IMessageSender
{
    private readonly Lock _gate = new();
    private readonly List<string> _sent = [];
    private TaskCompletionSource? _stall;
    private int _now;

    public bool Aborted { get; private set; }

    public int MostAtOnce { get; private set; }

    /// <summary>How often it was asked to look whether its peer is still there.</summary>
    public int Checks { get; private set; }

    public IReadOnlyList<string> Sent
    {
        get
        {
            lock (_gate)
                return [.. _sent];
        }
    }

    public void Stall() => _stall = new TaskCompletionSource();

    public void GoOn()
    {
        var stall = _stall!;
        _stall = null;
        stall.SetResult();
    }

    public void Abort()
    {
        Aborted = true;
        _stall?.TrySetException(new IOException("aborted"));
    }

    public void CheckPeer() => Checks++;

    private async ValueTask SendAsync(OutMessage message)
    {
        MostAtOnce = Math.Max(MostAtOnce, Interlocked.Increment(ref _now));
        if (_stall is { } stall)
            await stall.Task;
        lock (_gate)
            _sent.Add(message.Type == WebSocketMessageType.Close ? "<close>" : Encoding.UTF8.GetString(message.Bytes.Span));
        Interlocked.Decrement(ref _now);
    }

    ValueTask IMessageSender.SendAsync(in OutMessage message) => SendAsync(message);
}
