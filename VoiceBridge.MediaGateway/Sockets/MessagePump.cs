using System.Net.WebSockets;
using VoiceBridge.MediaGateway.Sockets.Frames;

namespace VoiceBridge.MediaGateway.Sockets;

/// <summary>Takes one whole message, on the socket's thread: must not block. False ends the pump.</summary>
internal delegate bool MessageHandler(ReadOnlySpan<byte> message, WebSocketMessageType type);

/// <summary>Why a socket's reading ended.</summary>
internal enum PumpEnd
{
    /// <summary>The peer closed in order.</summary>
    Closed,

    /// <summary>The connection broke, we aborted it, or the peer broke the protocol.</summary>
    Broken,

    TooBig,
    TooMany,

    /// <summary>The handler wanted no more.</summary>
    Stopped,
}

/// <summary>Bounds on the messages that a peer may send.</summary>
/// <param name="MaxMessageBytes">The longest message, its fragments together.</param>
/// <param name="MessagesPerSecond">Receives per second, whatever their size: a message is one, so is each of its fragments; as many reads again may end none of them. As in <see cref="RateWindow"/>.</param>
internal sealed record MessageLimits(int MaxMessageBytes, int MessagesPerSecond);

/// <summary>The one reader of a socket: whole messages, one after the other, in the buffer that they came into.</summary>
internal sealed class MessagePump(MediaSocket socket, MessageLimits limits, TimeProvider time)
{
    // Twenty times what a call sends: only who catches up, or floods, reaches it.
    private const int MaxInTurn = 64;
    private static readonly TimeSpan Turn = TimeSpan.FromMilliseconds(50);

    private readonly RateWindow _rate = new(limits.MessagesPerSecond, time);
    private readonly RateWindow _parts = new(limits.MessagesPerSecond, time);
    private long _turnStart = time.GetTimestamp();
    private int _inTurn;
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

    /// <summary>One state machine for the socket's whole life, which waits for the connection itself: nothing is allocated per message.</summary>
    private async Task<PumpEnd> ReadAsync(MessageHandler onMessage)
    {
        var end = PumpEnd.Broken;
        try
        {
            while (!TryTakeAll(onMessage, out end))
            {
                if (_inTurn >= MaxInTurn)
                {
                    // What has been read is not all taken yet.
                    if (IsBusy())
                        await PoolThreads.Switch();
                    continue;
                }
                if (socket.WaitsEmpty)
                    await socket.WaitAsync().ConfigureAwait(false);
                var read = await socket.ReadAsync().ConfigureAwait(false);
                if (read == 0)
                    return end = PumpEnd.Broken;
                if (!socket.Received(read))
                    return end = PumpEnd.TooMany;
            }
            return end;
        }
        catch (Exception exception) when (SocketWriter.IsSocketEnd(exception))
        {
            return end = PumpEnd.Broken;
        }
        finally
        {
            // Another reader may go on where the handler stopped.
            if (end != PumpEnd.Stopped)
                socket.Rest();
        }
    }

    /// <summary>Takes what has been read, or as much of it as belongs into a turn; false to go on reading.</summary>
    private bool TryTakeAll(MessageHandler onMessage, out PumpEnd end)
    {
        end = PumpEnd.Broken;
        var taken = 0;
        while (_inTurn < MaxInTurn)
        {
            var kind = socket.Next(limits.MaxMessageBytes, out var message, out var type);
            switch (kind)
            {
                case FrameKind.Incomplete when taken > 0 || !socket.HasPart:
                    return false;
                case FrameKind.Close:
                    end = PumpEnd.Closed;
                    return true;
                case FrameKind.TooBig:
                    end = PumpEnd.TooBig;
                    return true;
                case FrameKind.Violation:
                    return true;
            }
            var isControl = kind is FrameKind.Ping or FrameKind.Pong;
            // What ends no frame is counted apart: it depends on how the network cuts what is allowed.
            if (isControl ? !socket.CountControl() : !(kind == FrameKind.Incomplete ? _parts : _rate).TryAdd(1))
            {
                end = PumpEnd.TooMany;
                return true;
            }
            taken++;
            _inTurn++;
            if (kind == FrameKind.Incomplete)
                return false;
            if (kind != FrameKind.Message || message.IsEmpty)
                continue;
            Volatile.Write(ref _received, _received + 1);
            SocketThreadWatch.CountMessage();
            if (onMessage(message, type))
                continue;
            end = PumpEnd.Stopped;
            return true;
        }
        return false;
    }

    /// <summary>
    /// A turn is over: whether so many receives came within a moment that the sockets which wait for this thread must be served first. The rest is read on the
    /// thread pool, until this socket has nothing more to read.
    /// </summary>
    private bool IsBusy()
    {
        var now = time.GetTimestamp();
        var isBusy = time.GetElapsedTime(_turnStart, now) < Turn;
        _turnStart = now;
        _inTurn = 0;
        return isBusy;
    }
}
