using System.Buffers.Binary;
using VoiceBridge.MediaGateway.Sockets.Frames;

namespace VoiceBridge.MediaGateway.Tests.Sockets.Frames;

/// <summary>Frames as they lie on the wire, built without the code that is tested.</summary>
internal static class Wire
{
    /// <param name="opcode">What it is, also what does not exist.</param>
    /// <param name="payload">Its payload.</param>
    /// <param name="isFinal">Whether it ends its message.</param>
    /// <param name="mask">In the order of its bytes; null where it is not masked.</param>
    /// <param name="reserved">The bits of extensions, 0 to 7.</param>
    /// <param name="sizeBytes">How its length is written: 0, 2 or 8 bytes; what is too few is made enough.</param>
    public static byte[] Frame(int opcode, byte[] payload, bool isFinal = true, uint? mask = 0x01020304, int reserved = 0, int sizeBytes = 0)
    {
        sizeBytes = payload.Length > ushort.MaxValue ? 8 : payload.Length > 125 ? Math.Max(sizeBytes, 2) : sizeBytes;
        var size = new byte[sizeBytes];
        if (sizeBytes == 2)
            BinaryPrimitives.WriteUInt16BigEndian(size, (ushort)payload.Length);
        else if (sizeBytes == 8)
            BinaryPrimitives.WriteUInt64BigEndian(size, (ulong)payload.Length);
        var length = sizeBytes switch { 0 => payload.Length, 2 => 126, _ => 127 };
        var key = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(key, mask ?? 0);
        return
        [
            (byte)((isFinal ? 0x80 : 0) | reserved << 4 | opcode), (byte)((mask is null ? 0 : 0x80) | length), .. size, .. mask is null ? [] : key,
            .. payload.Select((value, i) => (byte)(value ^ key[i % 4])),
        ];
    }

    public static byte[] Frame(Opcode opcode, ReadOnlySpan<byte> payload = default, bool isFinal = true, uint? mask = 0x01020304) =>
        Frame((int)opcode, payload.ToArray(), isFinal, mask);
}
