using System.Numerics;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace VoiceBridge.MediaGateway.Sockets.Frames;

/// <summary>The mask of a client's frame (RFC 6455, 5.3): unpredictable, so that nobody who chooses a payload chooses the bytes on the wire.</summary>
internal static class FrameMask
{
    private const int Drawn = 256;

    [ThreadStatic]
    private static uint[]? _masks;

    [ThreadStatic]
    private static int _left;

    /// <summary>The next mask of this thread. They come from the operating system many at a time; none is used twice.</summary>
    public static uint Next()
    {
        var masks = _masks ??= new uint[Drawn];
        if (_left == 0)
        {
            RandomNumberGenerator.Fill(MemoryMarshal.AsBytes(masks.AsSpan()));
            _left = Drawn;
        }
        var mask = masks[--_left];
        masks[_left] = 0;
        return mask;
    }

    /// <summary>Masks or unmasks in place.</summary>
    public static void Apply(Span<byte> payload, uint mask)
    {
        var vectors = MemoryMarshal.Cast<byte, Vector<uint>>(payload);
        var vector = new Vector<uint>(mask);
        foreach (ref var part in vectors)
            part ^= vector;
        var rest = payload[(vectors.Length * Vector<byte>.Count)..];
        var words = MemoryMarshal.Cast<byte, uint>(rest);
        foreach (ref var word in words)
            word ^= mask;
        rest = rest[(words.Length * sizeof(uint))..];
        for (var i = 0; i < rest.Length; i++)
            rest[i] ^= (byte)(BitConverter.IsLittleEndian ? mask >> (8 * i) : mask >> (8 * (sizeof(uint) - 1 - i)));
    }
}
