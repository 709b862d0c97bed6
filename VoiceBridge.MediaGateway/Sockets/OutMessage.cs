using System.Buffers;
using System.Net.WebSockets;

namespace VoiceBridge.MediaGateway.Sockets;

/// <summary>A message to be sent. Whoever holds it releases it, exactly once.</summary>
internal readonly struct OutMessage
{
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

    /// <summary>Bytes that nobody will change: not pooled, not copied.</summary>
    public static OutMessage Shared(ReadOnlyMemory<byte> bytes, int audioMs = 0, WebSocketMessageType type = WebSocketMessageType.Text) =>
        new(bytes, null, type, audioMs, 0);

    /// <summary>The first <paramref name="length"/> bytes of an array from the shared pool, which this message now owns.</summary>
    public static OutMessage Rented(byte[] rented, int length, int audioMs, WebSocketMessageType type = WebSocketMessageType.Text) =>
        new(rented.AsMemory(0, length), rented, type, audioMs, 0);

    /// <summary><paramref name="text"/> inside its envelope, copied once into a buffer of the shared pool.</summary>
    public static OutMessage Spliced(ReadOnlySpan<byte> prefix, ReadOnlySpan<byte> text, ReadOnlySpan<byte> suffix, int audioMs)
    {
        var length = prefix.Length + text.Length + suffix.Length;
        var buffer = ArrayPool<byte>.Shared.Rent(length);
        prefix.CopyTo(buffer);
        text.CopyTo(buffer.AsSpan(prefix.Length));
        suffix.CopyTo(buffer.AsSpan(prefix.Length + text.Length));
        return Rented(buffer, length, audioMs);
    }

    public static OutMessage Close() => new(default, null, WebSocketMessageType.Close, 0, 0);

    public OutMessage At(long timestamp) => new(Bytes, _rented, Type, AudioMs, timestamp);

    public void Release()
    {
        if (_rented is not null)
            ArrayPool<byte>.Shared.Return(_rented);
    }
}
