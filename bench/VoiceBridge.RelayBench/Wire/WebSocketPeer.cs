using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace VoiceBridge.RelayBench.Wire;

/// <summary>
/// One end of a WebSocket on a <see cref="Reactor"/>, from the TCP connection and the HTTP upgrade on. Nothing is allocated per message, framing is done in
/// place, and one receive takes what is there.
/// </summary>
internal abstract unsafe class WebSocketPeer : IReady
{
    private const byte FinalText = 0x81;
    private const byte CloseFrame = 0x88;
    private const byte Pong = 0x8A;
    private readonly Reactor _reactor;
    private readonly int _socket;
    private readonly TlsSession? _tls;
    private readonly string? _request;
    private readonly int _watch;
    private State _state;
    private byte[] _kept = [];
    private int _keptLength;
    private byte[] _unsent = [];
    private int _unsentLength;

    /// <summary>Connects to a port of this machine and asks for an upgrade.</summary>
    protected WebSocketPeer(Reactor reactor, int port, string pathAndQuery, params IEnumerable<string> headers)
    {
        _reactor = reactor;
        _request = $"GET {pathAndQuery} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
            + string.Concat(headers.Select(header => header + "\r\n")) + "\r\n";
        _socket = Libc.Connect(port);
        if (_socket < 0) throw new IOException($"connect: error {-_socket}");
        _watch = reactor.Watch(_socket, this, writable: true);
    }

    /// <summary>Takes an accepted socket, over TLS if <paramref name="tls"/> is given.</summary>
    protected WebSocketPeer(Reactor reactor, int socket, TlsContext? tls)
    {
        (_reactor, _socket, _state) = (reactor, socket, State.Upgrading);
        _tls = tls?.Accept(socket);
        _watch = reactor.Watch(socket, this);
    }

    private enum State
    {
        Connecting,
        Upgrading,
        Open,
        Closed,
    }

    public bool IsOpen => _state == State.Open;

    /// <summary>Client frames carry a mask of zeros unless told otherwise, which is legal and leaves the payload as it is.</summary>
    protected virtual uint Mask => 0;

    protected virtual void OnOpen()
    {
    }

    /// <summary>A whole message; its bytes are valid until this returns, and may be written to.</summary>
    protected abstract void OnMessage(Span<byte> message);

    /// <summary>The connection is over, or never stood; <paramref name="why"/> says so for people.</summary>
    protected virtual void OnClosed(string why)
    {
    }

    public void OnReady(bool readable, bool writable)
    {
        if (_state == State.Connecting && !OnConnected()) return;
        if (writable) Flush();
        if (readable) Read();
    }

    /// <summary>Sends one text message, made of three parts.</summary>
    public void SendText(ReadOnlySpan<byte> head, ReadOnlySpan<byte> body = default, ReadOnlySpan<byte> tail = default) => Send(FinalText, head, body, tail);

    public void Close(string why = "closed here")
    {
        if (_state == State.Closed) return;
        _state = State.Closed;
        _tls?.Dispose();
        _ = Libc.close(_socket);
        OnClosed(why);
    }

    private bool OnConnected()
    {
        if (Libc.ConnectError(_socket) is var error and not 0)
        {
            Close($"connect: error {error}");
            return false;
        }

        _reactor.Change(_socket, _watch, writable: false);
        _state = State.Upgrading;
        Write(Encoding.ASCII.GetBytes(_request!));
        return true;
    }

    private void Read()
    {
        var buffer = _reactor.Incoming;
        bool more;
        do
        {
            if (_state == State.Closed) return;
            _kept.AsSpan(0, _keptLength).CopyTo(buffer);
            var room = buffer.AsSpan(_keptLength);
            var got = Receive(room);
            if (got < 0) return;
            if (got == 0)
            {
                Close("closed by the other end");
                return;
            }

            // TLS hands out a record at a time, of which epoll knows nothing.
            more = _tls is not null || got == room.Length;
            var all = buffer.AsSpan(0, _keptLength + got);
            var taken = Take(all);
            if (_state == State.Closed) return;
            Keep(all[taken..]);
        }
        while (more);
    }

    /// <summary>Bytes received, 0 at the end of the stream, negative when there is nothing now.</summary>
    private int Receive(Span<byte> room)
    {
        if (room.IsEmpty) throw new InvalidDataException("A message is larger than the buffer.");
        if (_tls is not null) return _tls.Read(room);
        nint got;
        fixed (byte* target = room) got = Libc.recv(_socket, target, room.Length, 0);
        if (got >= 0) return (int)got;
        return Marshal.GetLastPInvokeError() is Libc.Again or Libc.Interrupted ? -1 : 0;
    }

    private void Keep(ReadOnlySpan<byte> rest)
    {
        if (rest.Length > _kept.Length) _kept = new byte[Math.Max(2048, rest.Length * 2)];
        rest.CopyTo(_kept);
        _keptLength = rest.Length;
    }

    /// <summary>Handles what is complete; the result is how many bytes that was.</summary>
    private int Take(Span<byte> bytes)
    {
        var taken = 0;
        if (_state == State.Upgrading && !TryUpgrade(bytes, out taken)) return 0;
        while (_state == State.Open && WebSocketFrame.TryRead(bytes[taken..], out var frame))
        {
            var payload = bytes.Slice(taken + frame.Header, frame.Length);
            if (frame.Masked) Masking.Apply(payload, frame.Mask);
            taken += frame.Header + frame.Length;
            switch (frame.Opcode)
            {
                case 0x8:
                    // Answered, so that a server does not wait for it.
                    Send(CloseFrame, payload, default, default);
                    Close("closed by the other end");
                    break;
                case 0x9: Send(Pong, payload, default, default); break;
                case 0xA: break;
                default: OnMessage(payload); break;
            }
        }

        return taken;
    }

    private bool TryUpgrade(ReadOnlySpan<byte> bytes, out int taken)
    {
        taken = bytes.IndexOf("\r\n\r\n"u8) + 4;
        if (taken < 4) return false;
        var head = Encoding.ASCII.GetString(bytes[..taken]);
        if (_request is not null)
        {
            if (!head.StartsWith("HTTP/1.1 101", StringComparison.Ordinal))
            {
                Close($"refused: {head.Split('\r')[0]}");
                return false;
            }
        }
        else if (head.Split("\r\n").FirstOrDefault(line => line.StartsWith("Sec-WebSocket-Key:", StringComparison.OrdinalIgnoreCase)) is { } key)
        {
#pragma warning disable CA5350 // RFC 6455 section 1.3 asks for SHA-1 here; it protects nothing.
            var accept = Convert.ToBase64String(SHA1.HashData(Encoding.ASCII.GetBytes(key.Split(':', 2)[1].Trim() + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11")));
#pragma warning restore CA5350
            Write(Encoding.ASCII.GetBytes($"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: {accept}\r\n\r\n"));
        }
        else
        {
            Write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok"u8);
            Close("no WebSocket");
            return false;
        }

        _state = State.Open;
        OnOpen();
        return true;
    }

    private void Send(byte first, ReadOnlySpan<byte> head, ReadOnlySpan<byte> body, ReadOnlySpan<byte> tail)
    {
        if (_state != State.Open) return;
        var frame = _reactor.Outgoing.AsSpan();
        var length = head.Length + body.Length + tail.Length;
        var mask = Mask;
        var header = WebSocketFrame.WriteHeader(frame, first, length, _request is null ? null : mask);
        var payload = frame.Slice(header, length);
        head.CopyTo(payload);
        body.CopyTo(payload[head.Length..]);
        tail.CopyTo(payload[(head.Length + body.Length)..]);
        if (_request is not null) Masking.Apply(payload, mask);
        Write(frame[..(header + length)]);
    }

    private void Write(ReadOnlySpan<byte> bytes)
    {
        var sent = _unsentLength > 0 ? 0 : SendNow(bytes);
        if (sent < 0 || sent == bytes.Length) return;
        var rest = bytes[sent..];
        if (_unsentLength + rest.Length > _unsent.Length) Array.Resize(ref _unsent, Math.Max(4096, (_unsentLength + rest.Length) * 2));
        rest.CopyTo(_unsent.AsSpan(_unsentLength));
        if (_unsentLength == 0) _reactor.Change(_socket, _watch, writable: true);
        _unsentLength += rest.Length;
    }

    private void Flush()
    {
        if (_unsentLength == 0) return;
        var sent = SendNow(_unsent.AsSpan(0, _unsentLength));
        if (sent < 0) return;
        _unsent.AsSpan(sent, _unsentLength - sent).CopyTo(_unsent);
        _unsentLength -= sent;
        if (_unsentLength == 0) _reactor.Change(_socket, _watch, writable: false);
    }

    /// <summary>Bytes that were taken, or a negative number when the connection is over.</summary>
    private int SendNow(ReadOnlySpan<byte> bytes)
    {
        if (_state == State.Closed) return -1;
        if (_tls is not null) return _tls.Write(bytes);
        nint sent;
        fixed (byte* source = bytes) sent = Libc.send(_socket, source, bytes.Length, Libc.NoSignal);
        if (sent >= 0) return (int)sent;
        if (Marshal.GetLastPInvokeError() is Libc.Again or Libc.Interrupted) return 0;
        Close($"send: error {Marshal.GetLastPInvokeError()}");
        return -1;
    }
}
