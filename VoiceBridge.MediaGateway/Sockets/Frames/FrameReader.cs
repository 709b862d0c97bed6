using System.Buffers;
using System.Buffers.Binary;
using System.Net.WebSockets;
using System.Text;
using System.Text.Unicode;

namespace VoiceBridge.MediaGateway.Sockets.Frames;

/// <summary>What has been read.</summary>
internal enum FrameKind
{
    /// <summary>Bytes are missing.</summary>
    Incomplete,

    /// <summary>A whole message.</summary>
    Message,

    /// <summary>A fragment that does not end its message.</summary>
    Fragment,

    Ping,
    Pong,
    Close,

    /// <summary>A message that is longer than allowed; nothing is read after its header.</summary>
    TooBig,

    /// <summary>Bytes that break RFC 6455; nothing is read after them.</summary>
    Violation,
}

/// <summary>
/// The frames in the bytes of a connection, read where they lie: one buffer takes what the connection has, a message is unmasked in it and handed over as a part of it.
/// Fragments move together. A longer message grows into a buffer of the pool, as fast as its bytes come. Not thread-safe.
/// </summary>
/// <param name="isServer">Whether the peer is a client, whose frames are masked.</param>
internal sealed class FrameReader(bool isServer)
{
    // 20 ms of audio with their envelope and frame header take 1.5 KB. A client's connection reads what is shorter than 4 KiB into a buffer of its own first.
    private const int ServerHome = 2048;
    private const int ClientHome = 4096;
    private const int Growth = 4;
    private const int MinCloseStatus = 1000;
    private const int MaxCloseStatus = 4999;
    private const int FirstFreeCloseStatus = 3000;

    private readonly byte[] _home = new byte[isServer ? ServerHome : ClientHome];
    private byte[]? _rented;
    private int _assembledAt;
    private int _assembled;
    private int _next;
    private int _end;
    private int _needed;
    private Opcode? _message;
    private FrameKind? _last;

    /// <summary>What the peer closed with, a normal closure where it did not say; null before it has closed.</summary>
    public WebSocketCloseStatus? CloseStatus { get; private set; }

    public string? CloseStatusDescription { get; private set; }

    /// <summary>What to close with after a violation.</summary>
    public WebSocketCloseStatus Violation { get; private set; }

    /// <summary>Whether there are bytes that are not a whole frame.</summary>
    public bool HasPart => _end > _next;

    private byte[] Buffer => _rented ?? _home;

    /// <summary>The next frame. <paramref name="payload"/> is that of a message or of a control frame, until the next call of anything here.</summary>
    public FrameKind Next(int maxMessageBytes, out ReadOnlySpan<byte> payload, out WebSocketMessageType type)
    {
        payload = default;
        type = default;
        if (_last is { } last)
            return last;
        if (!FrameHeader.TryRead(Buffer.AsSpan(_next, _end - _next), out var header))
        {
            _needed = FrameHeader.MaxLength;
            return FrameKind.Incomplete;
        }
        if (!IsAllowed(header))
            return Fail(WebSocketCloseStatus.ProtocolError);
        if (!header.IsControl && header.PayloadLength > (ulong)(maxMessageBytes - _assembled))
            return End(FrameKind.TooBig);
        var length = (int)header.PayloadLength;
        _needed = header.Length + length;
        if (_end - _next < _needed)
            return FrameKind.Incomplete;

        var bytes = Buffer.AsSpan(_next + header.Length, length);
        _next += _needed;
        if (header.Mask is { } mask)
            FrameMask.Apply(bytes, mask);
        payload = bytes;
        switch (header.Opcode)
        {
            case Opcode.Ping:
                return FrameKind.Ping;
            case Opcode.Pong:
                return FrameKind.Pong;
            case Opcode.Close:
                return Closed(bytes);
            default:
                return Data(header, ref payload, out type);
        }
    }

    /// <summary>Where the next bytes of the connection go.</summary>
    public Memory<byte> Room()
    {
        if (_end == _next && _assembled == 0)
        {
            Rest();
            return _home;
        }
        if (_end == Buffer.Length || _next + _needed > Buffer.Length)
            MakeRoom();
        return Buffer.AsMemory(_end);
    }

    /// <summary>So many bytes have come into the room.</summary>
    public void Received(int count) => _end += count;

    /// <summary>Bytes that had been read before.</summary>
    public void Receive(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            if (_end == Buffer.Length)
                Grow(Buffer.Length * Growth);
            var room = Buffer.AsSpan(_end);
            var taken = bytes[..Math.Min(room.Length, bytes.Length)];
            taken.CopyTo(room);
            _end += taken.Length;
            bytes = bytes[taken.Length..];
        }
    }

    /// <summary>Forgets what has been read, and holds no buffer of the pool any more.</summary>
    public void Rest()
    {
        _assembledAt = _assembled = _next = _end = 0;
        if (_rented is not { } rented)
            return;
        _rented = null;
        ArrayPool<byte>.Shared.Return(rented);
    }

    private bool IsAllowed(in FrameHeader header) =>
        !header.HasReserved && header.Mask is not null == isServer && header.PayloadLength <= long.MaxValue && header.Opcode switch
        {
            Opcode.Continuation => _message is not null,
            Opcode.Text or Opcode.Binary => _message is null,
            // Half a status.
            Opcode.Close => header is { IsFinal: true, PayloadLength: not 1 and <= FrameHeader.MaxControlPayload },
            Opcode.Ping or Opcode.Pong => header is { IsFinal: true, PayloadLength: <= FrameHeader.MaxControlPayload },
            _ => false,
        };

    private FrameKind Data(in FrameHeader header, ref ReadOnlySpan<byte> payload, out WebSocketMessageType type)
    {
        var opcode = _message ??= header.Opcode;
        type = opcode == Opcode.Text ? WebSocketMessageType.Text : WebSocketMessageType.Binary;
        var at = _next - payload.Length;
        if (!header.IsFinal || _assembled > 0)
        {
            if (_assembled == 0)
                _assembledAt = at;
            else
                payload.CopyTo(Buffer.AsSpan(_assembledAt + _assembled));
            _assembled += payload.Length;
            payload = Buffer.AsSpan(_assembledAt, _assembled);
        }
        if (!header.IsFinal)
            return FrameKind.Fragment;
        _message = null;
        _assembled = 0;
        return opcode == Opcode.Text && !Utf8.IsValid(payload) ? Fail(WebSocketCloseStatus.InvalidPayloadData) : FrameKind.Message;
    }

    private FrameKind Closed(ReadOnlySpan<byte> payload)
    {
        if (payload.IsEmpty)
        {
            (CloseStatus, CloseStatusDescription) = (WebSocketCloseStatus.NormalClosure, "");
            return End(FrameKind.Close);
        }
        if (!IsCloseStatus(BinaryPrimitives.ReadUInt16BigEndian(payload)) || !Utf8.IsValid(payload[sizeof(ushort)..]))
            return Fail(WebSocketCloseStatus.ProtocolError);
        CloseStatusDescription = Encoding.UTF8.GetString(payload[sizeof(ushort)..]);
        CloseStatus = (WebSocketCloseStatus)BinaryPrimitives.ReadUInt16BigEndian(payload);
        return End(FrameKind.Close);
    }

    /// <summary>Those that may be sent (RFC 6455, 7.4), and those that are nobody's.</summary>
    private static bool IsCloseStatus(int status) => status switch
    {
        < MinCloseStatus or > MaxCloseStatus => false,
        >= FirstFreeCloseStatus => true,
        (>= 1000 and <= 1003) or (>= 1007 and <= 1014) => true,
        _ => false,
    };

    private FrameKind Fail(WebSocketCloseStatus status)
    {
        Violation = status;
        return End(FrameKind.Violation);
    }

    private FrameKind End(FrameKind kind)
    {
        _last = kind;
        return kind;
    }

    /// <summary>Moves what is needed to the front, and grows when that does not help.</summary>
    private void MakeRoom()
    {
        var buffer = Buffer;
        buffer.AsSpan(_assembledAt, _assembled).CopyTo(buffer);
        buffer.AsSpan(_next, _end - _next).CopyTo(buffer.AsSpan(_assembled));
        (_assembledAt, _next, _end) = (0, _assembled, _assembled + _end - _next);
        if (_end == buffer.Length)
            Grow(Math.Min(buffer.Length * Growth, _next + _needed));
    }

    private void Grow(int length)
    {
        var bigger = ArrayPool<byte>.Shared.Rent(length);
        Buffer.AsSpan(0, _end).CopyTo(bigger);
        if (_rented is not null)
            ArrayPool<byte>.Shared.Return(_rented);
        _rented = bigger;
    }
}
