using System.Buffers;
using System.Buffers.Binary;
using System.Net.WebSockets;
using VoiceBridge.MediaGateway.Sockets.Frames;

namespace VoiceBridge.MediaGateway.Sockets;

/// <summary>A message to be sent. Whoever holds it releases it, exactly once.</summary>
internal readonly struct OutMessage
{
    /// <summary>What is free before a message in its buffer, for the head of its frame.</summary>
    public const int HeaderRoom = FrameHeader.MaxLength;

    private readonly byte[]? _rented;

    private OutMessage(ReadOnlyMemory<byte> bytes, byte[]? rented, WebSocketMessageType type, int audioMs, long postedAt)
    {
        Bytes = bytes;
        _rented = rented;
        Type = type;
        AudioMs = audioMs;
        PostedAt = postedAt;
    }

    public ReadOnlyMemory<byte> Bytes { get; }

    /// <summary><see cref="WebSocketMessageType.Close"/> closes the sending side; then nothing follows.</summary>
    public WebSocketMessageType Type { get; }

    /// <summary>How long the audio in it plays, in milliseconds.</summary>
    public int AudioMs { get; }

    /// <summary>When it was put into a queue, as a timestamp of the writer's clock.</summary>
    public long PostedAt { get; }

    /// <summary>Bytes that nobody will change: not pooled, copied when they are sent.</summary>
    public static OutMessage Shared(ReadOnlyMemory<byte> bytes, int audioMs = 0, WebSocketMessageType type = WebSocketMessageType.Text) =>
        new(bytes, null, type, audioMs, 0);

    /// <summary>An array of the shared pool for a message of at most <paramref name="length"/> bytes, which begin at <see cref="HeaderRoom"/>.</summary>
    public static byte[] Rent(int length) => ArrayPool<byte>.Shared.Rent(HeaderRoom + length);

    /// <summary>The first <paramref name="length"/> bytes after the <see cref="HeaderRoom"/> of an array from <see cref="Rent"/>, which this message now owns.</summary>
    public static OutMessage Rented(byte[] rented, int length, int audioMs, WebSocketMessageType type = WebSocketMessageType.Text) =>
        new(rented.AsMemory(HeaderRoom, length), rented, type, audioMs, 0);

    /// <summary><paramref name="text"/> inside its envelope, copied once into a buffer of the shared pool.</summary>
    public static OutMessage Spliced(ReadOnlySpan<byte> prefix, ReadOnlySpan<byte> text, ReadOnlySpan<byte> suffix, int audioMs)
    {
        var length = prefix.Length + text.Length + suffix.Length;
        var buffer = Rent(length);
        var message = buffer.AsSpan(HeaderRoom, length);
        prefix.CopyTo(message);
        text.CopyTo(message[prefix.Length..]);
        suffix.CopyTo(message[(prefix.Length + text.Length)..]);
        return Rented(buffer, length, audioMs);
    }

    public static OutMessage Close(WebSocketCloseStatus status = WebSocketCloseStatus.NormalClosure)
    {
        var buffer = Rent(sizeof(ushort));
        BinaryPrimitives.WriteUInt16BigEndian(buffer.AsSpan(HeaderRoom), (ushort)status);
        return Rented(buffer, sizeof(ushort), 0, WebSocketMessageType.Close);
    }

    public OutMessage At(long timestamp) => new(Bytes, _rented, Type, AudioMs, timestamp);

    /// <summary>The same in a buffer of its own, in which it may be masked.</summary>
    public OutMessage Owned() => _rented is not null ? this : Spliced(Bytes.Span, default, default, AudioMs).As(Type);

    /// <summary>The message as a frame, for which it must own its buffer; masked in place where there is a mask.</summary>
    public ReadOnlyMemory<byte> ToFrame(uint? mask)
    {
        var opcode = Type switch { WebSocketMessageType.Text => Opcode.Text, WebSocketMessageType.Binary => Opcode.Binary, _ => Opcode.Close };
        return FrameHeader.Enclose(_rented!, opcode, Bytes.Length, mask);
    }

    public void Release()
    {
        if (_rented is not null)
            ArrayPool<byte>.Shared.Return(_rented);
    }

    private OutMessage As(WebSocketMessageType type) => new(Bytes, _rented, type, AudioMs, PostedAt);
}
