using System.Net.WebSockets;
using System.Runtime.CompilerServices;
using VoiceBridge.MediaGateway.Sockets.Frames;

namespace VoiceBridge.MediaGateway.Sockets;

/// <summary>Bounds on what a peer may send, whatever it means.</summary>
/// <param name="BytesPerSecond">Framing included. As in <see cref="RateWindow"/>.</param>
/// <param name="ControlFramesPerSecond">Pings, pongs and closes.</param>
internal sealed record FrameLimits(int BytesPerSecond, int ControlFramesPerSecond)
{
    public static FrameLimits None { get; } = new(int.MaxValue, int.MaxValue);
}

/// <summary>
/// The WebSocket of a call, after its handshake: the framing of RFC 6455 over a connection's bytes, without extensions. <see cref="MessagePump"/> is its one reader and waits
/// for the connection itself; messages come from one sender at a time. Pongs and pings go between them: one that finds a message being sent is sent after it, and only the
/// latest ping is answered.
/// </summary>
internal sealed class MediaSocket : IMessageSender, IDisposable
{
    private readonly Stream _stream;
    private readonly bool _isServer;
    private readonly bool _waitsEmpty;
    private readonly TimeSpan _keepAlive;
    private readonly TimeProvider _time;
    private readonly Action? _onAbort;
    private readonly FrameReader _reader;
    private readonly RateWindow _bytes;
    private readonly RateWindow _control;

    // Whoever has it writes to the stream.
    private readonly SemaphoreSlim _sending = new(1, 1);
    private readonly ControlFrames _pending = new();
    private bool _isCloseSent;
    private volatile bool _isHeard;
    private long _silentSince;
    private bool _isPinged;

    /// <param name="stream">The connection, which this owns.</param>
    /// <param name="isServer">Whether the peer is a client.</param>
    /// <param name="waitsEmpty">Wait with an empty read: the stream rents a buffer for anything else, as that of TLS does.</param>
    /// <param name="limits">Bounds on what the peer sends.</param>
    /// <param name="keepAlive">A peer that is silent for so long is pinged, and has as long to answer.</param>
    /// <param name="time">The clock.</param>
    /// <param name="onAbort">Ends what the stream is a part of.</param>
    public MediaSocket(Stream stream, bool isServer, bool waitsEmpty, FrameLimits limits, TimeSpan keepAlive, TimeProvider time, Action? onAbort = null)
    {
        (_stream, _isServer, _waitsEmpty, _keepAlive, _time, _onAbort) = (stream, isServer, waitsEmpty, keepAlive, time, onAbort);
        _reader = new FrameReader(isServer);
        (_bytes, _control) = (new RateWindow(limits.BytesPerSecond, time), new RateWindow(limits.ControlFramesPerSecond, time));
        _silentSince = time.GetTimestamp();
    }

    /// <summary>What the peer closed with; null before it has closed.</summary>
    public WebSocketCloseStatus? CloseStatus => _reader.CloseStatus;

    public string? CloseStatusDescription => _reader.CloseStatusDescription;

    /// <summary>Whether there are bytes that are not a whole frame; the reader's.</summary>
    public bool HasPart => _reader.HasPart;

    /// <summary>Whether the connection is to be waited for with <see cref="WaitAsync"/> before it is read.</summary>
    public bool WaitsEmpty => _waitsEmpty && !HasPart;

    /// <summary>The next of what has been read; the reader's. Pings are answered here.</summary>
    /// <param name="maxMessageBytes">The longest message, its fragments together.</param>
    /// <param name="message">A whole message, until this is called again.</param>
    /// <param name="type">What it is.</param>
    public FrameKind Next(int maxMessageBytes, out ReadOnlySpan<byte> message, out WebSocketMessageType type)
    {
        var kind = _reader.Next(maxMessageBytes, out message, out type);
        if (kind == FrameKind.Ping)
        {
            _pending.Pong(message);
            SendPending();
        }
        else if (kind == FrameKind.Violation)
        {
            _ = TryCloseAsync(_reader.Violation);
        }
        return kind;
    }

    /// <summary>Whether one more control frame is allowed; the reader's.</summary>
    public bool CountControl() => _control.TryAdd(1);

    /// <summary>Waits until there is something to read; the reader's.</summary>
    public ValueTask<int> WaitAsync() => _stream.ReadAsync(Memory<byte>.Empty);

    /// <summary>Reads what the connection has, and waits for it where there is nothing; the reader's. 0 at the end of the connection.</summary>
    public ValueTask<int> ReadAsync() => _stream.ReadAsync(_reader.Room());

    /// <summary>So many bytes have come by <see cref="ReadAsync"/>; false when they are more than allowed.</summary>
    public bool Received(int count)
    {
        _reader.Received(count);
        _isHeard = true;
        return _bytes.TryAdd(count);
    }

    /// <summary>Bytes that came with the handshake.</summary>
    public void Receive(ReadOnlySpan<byte> early)
    {
        _reader.Receive(early);
        _bytes.TryAdd(early.Length);
    }

    /// <summary>The reader ends: what has been read is forgotten.</summary>
    public void Rest() => _reader.Rest();

    /// <summary>Reads and throws away what comes, until the peer ends the connection.</summary>
    public async Task DiscardAsync()
    {
        do
        {
            _reader.Rest();
        }
        while (await _stream.ReadAsync(_reader.Room()).ConfigureAwait(false) > 0);
    }

    public ValueTask SendAsync(in OutMessage message)
    {
        if (!_sending.Wait(0))
            return WaitAndSendAsync(message);
        ValueTask writing;
        try
        {
            writing = WriteAsync(message);
        }
        catch
        {
            _sending.Release();
            throw;
        }
        if (!writing.IsCompletedSuccessfully)
            return FinishAsync(writing);
        writing.GetAwaiter().GetResult();
        EndSending();
        return ValueTask.CompletedTask;
    }

    /// <summary>Closes the sending side.</summary>
    public async Task CloseAsync(WebSocketCloseStatus status)
    {
        var message = OutMessage.Close(status);
        try
        {
            await SendAsync(message).ConfigureAwait(false);
        }
        finally
        {
            message.Release();
        }
    }

    public void CheckPeer()
    {
        var now = _time.GetTimestamp();
        if (_isHeard)
            (_isHeard, _isPinged, _silentSince) = (false, false, now);
        else if (_time.GetElapsedTime(_silentSince, now) < _keepAlive)
            return;
        else if (_isPinged)
            Abort();
        else
        {
            // It has as long again.
            (_isPinged, _silentSince) = (true, now);
            _pending.Ping();
            SendPending();
        }
    }

    public void Abort()
    {
        _stream.Dispose();
        _onAbort?.Invoke();
    }

    public void Dispose() => _stream.Dispose();

    private ValueTask WriteAsync(in OutMessage message)
    {
        ObjectDisposedException.ThrowIf(_isCloseSent, this);
        _isCloseSent = message.Type == WebSocketMessageType.Close;
        return _stream.WriteAsync(message.ToFrame(NextMask()));
    }

    private uint? NextMask() => _isServer ? null : FrameMask.Next();

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask WaitAndSendAsync(OutMessage message)
    {
        await _sending.WaitAsync().ConfigureAwait(false);
        try
        {
            await WriteAsync(message).ConfigureAwait(false);
        }
        finally
        {
            EndSending();
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask FinishAsync(ValueTask writing)
    {
        try
        {
            await writing.ConfigureAwait(false);
        }
        finally
        {
            EndSending();
        }
    }

    private void EndSending()
    {
        _sending.Release();
        SendPending();
    }

    /// <summary>Sends what waits, unless somebody is sending, who looks again afterwards.</summary>
    private void SendPending()
    {
        while (_pending.Any && _sending.Wait(0))
        {
            var writing = WritePending();
            if (!writing.IsCompletedSuccessfully)
            {
                _ = FinishPendingAsync(writing);
                return;
            }
            writing.GetAwaiter().GetResult();
            _sending.Release();
        }
    }

    private ValueTask WritePending()
    {
        try
        {
            return _pending.TryTake(NextMask(), out var frame) && !_isCloseSent ? _stream.WriteAsync(frame) : ValueTask.CompletedTask;
        }
        catch (Exception exception) when (SocketWriter.IsSocketEnd(exception))
        {
            // The reader hears of it.
            return ValueTask.CompletedTask;
        }
    }

    private async Task FinishPendingAsync(ValueTask writing)
    {
        try
        {
            await FinishAsync(writing).ConfigureAwait(false);
        }
        catch (Exception exception) when (SocketWriter.IsSocketEnd(exception))
        {
            // The reader hears of it.
        }
    }

    private async Task TryCloseAsync(WebSocketCloseStatus status)
    {
        try
        {
            await CloseAsync(status).ConfigureAwait(false);
        }
        catch (Exception exception) when (SocketWriter.IsSocketEnd(exception))
        {
            // There is nobody left to tell.
        }
    }
}
