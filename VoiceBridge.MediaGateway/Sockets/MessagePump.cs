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
/// <param name="MessagesPerSecond">Receives per second, whatever their size: a message is one, each of its fragments is one. As in <see cref="RateWindow"/>.</param>
/// <param name="WaitWithoutBuffer">Wait with an empty receive, so that a silent socket holds no buffer.</param>
internal sealed record MessageLimits(int MaxMessageBytes, int MessagesPerSecond, bool WaitWithoutBuffer);

/// <summary>The one reader of a socket: whole messages, one after the other, in a pooled buffer that is held only while one arrives.</summary>
internal sealed class MessagePump(WebSocket socket, MessageLimits limits, TimeProvider time)
{
    private const int FirstBuffer = 4096;

    // Twenty times what a call sends: only who catches up, or floods, reaches it.
    private const int MaxInTurn = 64;
    private static readonly TimeSpan Turn = TimeSpan.FromMilliseconds(50);

    private readonly RateWindow _rate = new(limits.MessagesPerSecond, time);
    private long _turnStart = time.GetTimestamp();
    private int _inTurn;
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
                        if (!_rate.TryAdd(1))
                            return PumpEnd.TooMany;
                        if (IsTurnOver())
                            await PoolThreads.Switch();
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
                    if (!_rate.TryAdd(1))
                        return PumpEnd.TooMany;
                    if (IsTurnOver())
                        await PoolThreads.Switch();
                }
                while (!part.EndOfMessage);

                Volatile.Write(ref _received, _received + 1);
                SocketThreadWatch.CountMessage();
                if (!onMessage(_buffer.AsSpan(0, length), part.MessageType))
                    return PumpEnd.Stopped;
                if (limits.WaitWithoutBuffer || _buffer.Length > FirstBuffer)
                    ReturnBuffer();
            }
        }
        catch (Exception exception) when (SocketWriter.IsSocketEnd(exception))
        {
            return exception.InnerException is SocketFloodException ? PumpEnd.TooMany : PumpEnd.Broken;
        }
        finally
        {
            ReturnBuffer();
        }
    }

    /// <summary>
    /// Whether so many receives came within a moment that the sockets which wait for this thread must be served first. The rest is read on the
    /// thread pool, until this socket has nothing more to read.
    /// </summary>
    private bool IsTurnOver()
    {
        if (++_inTurn < MaxInTurn)
            return false;
        var now = time.GetTimestamp();
        var isBusy = time.GetElapsedTime(_turnStart, now) < Turn;
        _turnStart = now;
        _inTurn = 0;
        return isBusy;
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
