using System.Buffers;

namespace VoiceBridge.MediaGateway.Sockets;

/// <summary>Room for texts that had to be unescaped, rented only when one comes. Belongs to one reader; its contents last until
/// <see cref="Reset"/>.</summary>
internal sealed class UnescapeBuffer
{
    private byte[]? _rented;
    private int _used;

    /// <summary>Room of <paramref name="length"/> bytes. All that is taken for one message is never longer than the message.</summary>
    public Span<byte> Take(int length, int messageLength)
    {
        _rented ??= ArrayPool<byte>.Shared.Rent(messageLength);
        var room = _rented.AsSpan(_used, length);
        _used += length;
        return room;
    }

    public void Reset()
    {
        if (_rented is not { } rented)
            return;
        _rented = null;
        _used = 0;
        ArrayPool<byte>.Shared.Return(rented);
    }
}
