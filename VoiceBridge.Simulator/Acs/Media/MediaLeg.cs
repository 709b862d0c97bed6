using System.Buffers;
using System.Net.WebSockets;

namespace VoiceBridge.Simulator.Acs.Media;

/// <summary>
/// One media socket, with the phone network as its client. Frames are sent from the pacer's loop as long as the socket takes them at once;
/// what it does not take waits, three seconds of it at most, and is sent when it can be.
/// </summary>
internal sealed class MediaLeg : IDisposable
{
    private const int LongestBacklog = 150;
    private const int LargestMessage = 16 << 20;
    private readonly WebSocket _socket;
    private readonly bool _fragmented;
    private readonly Lock _gate = new();
    private readonly Queue<(byte[] Buffer, int Length, bool Audio)> _waiting = new();
    private readonly CancellationTokenSource _stop = new();
    private byte[] _sending = new byte[2048];
    private bool _busy;
    private volatile bool _deaf;

    private MediaLeg(WebSocket socket, bool fragmented)
    {
        _socket = socket;
        _fragmented = fragmented;
    }

    /// <summary>Frames that were thrown away because the other side did not read.</summary>
    internal long Lost { get; private set; }

    /// <summary>Done when the socket has ended, whoever ended it.</summary>
    internal Task Ended { get; private set; } = Task.CompletedTask;

    /// <summary>Pieces of binary messages, which no phone network here understands.</summary>
    internal int BinaryPieces { get; private set; }

    /// <summary>Whether this side ended it.</summary>
    internal bool EndedByUs { get; private set; }

    /// <summary>What the other side closed with, if it did.</summary>
    internal WebSocketCloseStatus? CloseStatus => _socket.CloseStatus;

    internal bool Open => !Ended.IsCompleted && _socket.State == WebSocketState.Open;

    internal delegate void MessageHandler(ReadOnlySpan<byte> message);

    /// <summary>Done when the next message may be read.</summary>
    internal delegate ValueTask PaceHandler(CancellationToken cancel);

    /// <summary>Connects with the headers by which the phone network shows who it is, and which call this is.</summary>
    /// <exception cref="WebSocketException">Nobody listens there, or the upgrade was refused.</exception>
    internal static async Task<MediaLeg> ConnectAsync(
        Uri url, IEnumerable<(string Name, string Value)> headers, bool fragmented, HttpMessageInvoker connector, MessageHandler onMessage, PaceHandler pace,
        CancellationToken cancel)
    {
        var socket = new ClientWebSocket();
        try
        {
            foreach (var (name, value) in headers) socket.Options.SetRequestHeader(name, value);
            socket.Options.KeepAliveInterval = TimeSpan.FromSeconds(30);
            await socket.ConnectAsync(url, connector, cancel);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
        var leg = new MediaLeg(socket, fragmented);
        leg.Ended = Task.Run(() => leg.ReceiveAllAsync(onMessage, pace), CancellationToken.None);
        return leg;
    }

    /// <summary>Sends one message, or queues it. The message is copied.</summary>
    internal void Post(ReadOnlySpan<byte> message, bool audio = true)
    {
        lock (_gate)
        {
            if (_busy)
            {
                if (_waiting.Count >= LongestBacklog) DropOldest();
                var copy = ArrayPool<byte>.Shared.Rent(message.Length);
                message.CopyTo(copy);
                _waiting.Enqueue((copy, message.Length, audio));
                return;
            }
            if (_sending.Length < message.Length) _sending = new byte[message.Length];
            message.CopyTo(_sending);
            _busy = true;
        }
        var sent = SendAsync(_sending, message.Length);
        if (!sent.IsCompletedSuccessfully)
        {
            _ = DrainAsync(sent);
            return;
        }
        sent.GetAwaiter().GetResult();
        lock (_gate)
        {
            _busy = false;
            if (_waiting.Count == 0) return;
            _busy = true;
        }
        _ = DrainAsync(ValueTask.CompletedTask);
    }

    /// <summary>Reads no more, so that the other side's sends back up.</summary>
    internal void StopReading() => _deaf = true;

    /// <summary>Ends the connection without a close frame.</summary>
    internal void Abort()
    {
        EndedByUs = true;
        _stop.Cancel();
        _socket.Abort();
    }

    /// <summary>As if the network had been cut: this side does not count as the one that ended it.</summary>
    internal void Cut() => _socket.Abort();

    internal async Task CloseAsync()
    {
        EndedByUs = true;
        try
        {
            using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(2));
            if (_socket.State is WebSocketState.Open or WebSocketState.CloseReceived)
                await _socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, "call ended", deadline.Token);
            await Ended.WaitAsync(deadline.Token);
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException or InvalidOperationException)
        {
            // It is gone either way.
        }
        Abort();
    }

    /// <summary>The token source holds nothing that needs releasing, and a late <see cref="Abort"/> may still use it.</summary>
    public void Dispose()
    {
        Abort();
        _socket.Dispose();
    }

    private async Task DrainAsync(ValueTask sending)
    {
        try
        {
            await sending;
            while (true)
            {
                byte[] buffer;
                int length;
                lock (_gate)
                {
                    if (!_waiting.TryDequeue(out var next))
                    {
                        _busy = false;
                        return;
                    }
                    (buffer, length, _) = next;
                }
                await SendAsync(buffer, length);
                ArrayPool<byte>.Shared.Return(buffer);
            }
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException or InvalidOperationException or IOException)
        {
            // The receiving side notices the same end and reports it; frames that come meanwhile are for nobody.
        }
    }

    private ValueTask SendAsync(byte[] buffer, int length)
    {
        if (_socket.State != WebSocketState.Open) return ValueTask.CompletedTask;
        try
        {
            return _fragmented && length > 64
                ? SendInPiecesAsync(buffer, length)
                : _socket.SendAsync(buffer.AsMemory(0, length), WebSocketMessageType.Text, WebSocketMessageFlags.EndOfMessage, _stop.Token);
        }
        catch (Exception e) when (e is WebSocketException or ObjectDisposedException or InvalidOperationException)
        {
            return ValueTask.CompletedTask;
        }
    }

    private async ValueTask SendInPiecesAsync(byte[] buffer, int length)
    {
        var third = length / 3;
        await _socket.SendAsync(buffer.AsMemory(0, third), WebSocketMessageType.Text, false, _stop.Token);
        await _socket.SendAsync(buffer.AsMemory(third, third), WebSocketMessageType.Text, false, _stop.Token);
        await _socket.SendAsync(buffer.AsMemory(2 * third, length - 2 * third), WebSocketMessageType.Text, true, _stop.Token);
    }

    private void DropOldest()
    {
        var (buffer, _, audio) = _waiting.Dequeue();
        ArrayPool<byte>.Shared.Return(buffer);
        if (audio) Lost++;
    }

    private async Task ReceiveAllAsync(MessageHandler onMessage, PaceHandler pace)
    {
        var buffer = new byte[4096];
        var length = 0;
        try
        {
            while (true)
            {
                if (_deaf) await Task.Delay(Timeout.InfiniteTimeSpan, _stop.Token);
                var received = await _socket.ReceiveAsync(buffer.AsMemory(length), _stop.Token);
                if (received.MessageType == WebSocketMessageType.Close) break;
                if (received.MessageType == WebSocketMessageType.Binary) BinaryPieces++;
                length += received.Count;
                if (!received.EndOfMessage)
                {
                    if (length > LargestMessage) throw new WebSocketException("A media message of more than 16 MiB.");
                    if (length == buffer.Length) Array.Resize(ref buffer, buffer.Length * 2);
                    continue;
                }
                onMessage(buffer.AsSpan(0, length));
                length = 0;
                await pace(_stop.Token);
            }
            if (!EndedByUs) await _socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, _stop.Token);
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException or InvalidOperationException or IOException)
        {
            // An ending like any other.
        }
        finally
        {
            _socket.Abort();
        }
    }
}
