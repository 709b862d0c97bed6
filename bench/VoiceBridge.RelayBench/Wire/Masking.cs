using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;

namespace VoiceBridge.RelayBench.Wire;

/// <summary>The mask of RFC 6455, section 5.3.</summary>
internal static class Masking
{
    /// <summary>Masks or unmasks in place; <paramref name="key"/> as its four bytes stand in the frame.</summary>
    public static void Apply(Span<byte> payload, uint key)
    {
        if (key == 0) return;
        var wide = Vector.AsVectorByte(new Vector<uint>(key));
        var vectors = MemoryMarshal.Cast<byte, Vector<byte>>(payload);
        for (var i = 0; i < vectors.Length; i++) vectors[i] ^= wide;
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, key);
        // A vector is a multiple of four bytes, so that the mask begins anew after them.
        for (var i = vectors.Length * Vector<byte>.Count; i < payload.Length; i++) payload[i] ^= bytes[i % 4];
    }
}
