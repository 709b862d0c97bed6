using System.Buffers;
using System.Net.WebSockets;

namespace VoiceBridge.MediaGateway.Sockets;

/// <summary>Takes one whole message, on the socket's thread: must not block. False ends the pump.</summary>
internal delegate bool MessageHandler(ReadOnlySpan<byte> message, WebSocketMessageType type);

/// <summary>Why a socket's reading ended.</summary>
internal enum PumpEnd
{
    /// <summary>The peer closed in order.</summary>
    Closed,

    /// <summary>The connection broke, or we aborted it.</summary>
    Broken,

    TooBig,
    TooMany,

    /// <summary>The handler wanted no more.</summary>
    Stopped,
}

/// <summary>Bounds on what a peer may send.</summary>
/// <param name="MaxMessageBytes">The longest message, its fragments together.</param>
/// <param name="MessagesPerSecond">As an average over five seconds, because ACS catches up in bursts.</param>
/// <param name="WaitWithoutBuffer">Wait with an empty receive, so that a silent socket holds no buffer.</param>
internal sealed record MessageLimits(int MaxMessageBytes, int MessagesPerSecond, bool WaitWithoutBuffer);

/// <summary>The one reader of a socket: whole messages, one after the other, in a pooled buffer that is held only while one arrives.</summary>
internal sealed class MessagePump(WebSocket socket, MessageLimits limits, TimeProvider time)
{
    private const int FirstBuffer = 4096;
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(5);

    private readonly int _windowMessages = (int)(limits.MessagesPerSecond * Window.TotalSeconds);
    private long _windowStart = time.GetTimestamp();
    private int _inWindow;
    private byte[]? _buffer;
    private long _received;

    /// <summary>Messages received so far.</summary>
    public long Received => Volatile.Read(ref _received);

    /// <summary>Reads until the socket or the handler ends it, and then leaves the socket's thread.</summary>
    public async Task<PumpEnd> RunAsync(MessageHandler onMessage)
    {
        var end = await ReadAsync(onMessage).ConfigureAwait(false);
        await PoolThreads.Switch();
        return end;
    }

    /// <summary>One state machine for the socket's whole life: nothing is allocated per message.</summary>
    private async Task<PumpEnd> ReadAsync(MessageHandler onMessage)
    {
        try
        {
            while (true)
            {
                if (limits.WaitWithoutBuffer)
                {
                    var waited = await socket.ReceiveAsync(Memory<byte>.Empty, CancellationToken.None).ConfigureAwait(false);
                    if (waited.MessageType == WebSocketMessageType.Close)
                        return PumpEnd.Closed;
                    if (waited.EndOfMessage)
                    {
                        // An empty message: the empty receive has consumed it.
                        if (!WithinRate())
                            return PumpEnd.TooMany;
                        continue;
                    }
                }

                _buffer ??= ArrayPool<byte>.Shared.Rent(FirstBuffer);
                var length = 0;
                ValueWebSocketReceiveResult part;
                do
                {
                    if (length == _buffer.Length)
                        Grow(length);
                    part = await socket.ReceiveAsync(_buffer.AsMemory(length), CancellationToken.None).ConfigureAwait(false);
                    if (part.MessageType == WebSocketMessageType.Close)
                        return PumpEnd.Closed;
                    length += part.Count;
                    if (length > limits.MaxMessageBytes)
                        return PumpEnd.TooBig;
                    if (part.Count == 0 && !WithinRate())
                        return PumpEnd.TooMany;
                }
                while (!part.EndOfMessage);

                if (!WithinRate())
                    return PumpEnd.TooMany;
                Volatile.Write(ref _received, _received + 1);
                if (!onMessage(_buffer.AsSpan(0, length), part.MessageType))
                    return PumpEnd.Stopped;
                if (limits.WaitWithoutBuffer || _buffer.Length > FirstBuffer)
                    ReturnBuffer();
            }
        }
        catch (Exception exception) when (SocketWriter.IsSocketEnd(exception))
        {
            return PumpEnd.Broken;
        }
        finally
        {
            ReturnBuffer();
        }
    }

    /// <summary>Counts without looking at the clock until a window's worth has come.</summary>
    private bool WithinRate()
    {
        if (++_inWindow < _windowMessages)
            return true;
        var now = time.GetTimestamp();
        var tooFast = time.GetElapsedTime(_windowStart, now) < Window;
        _windowStart = now;
        _inWindow = 0;
        return !tooFast;
    }

    private void Grow(int length)
    {
        var bigger = ArrayPool<byte>.Shared.Rent(Math.Min(length * 2, limits.MaxMessageBytes + 1));
        _buffer.AsSpan(0, length).CopyTo(bigger);
        ReturnBuffer();
        _buffer = bigger;
    }

    private void ReturnBuffer()
    {
        if (_buffer is not { } buffer)
            return;
        _buffer = null;
        ArrayPool<byte>.Shared.Return(buffer);
    }
}
