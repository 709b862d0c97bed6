using System.Buffers.Binary;

namespace VoiceBridge.RelayBench.Wire;

/// <summary>The header of a frame (RFC 6455, section 5.2). <paramref name="Mask"/> is its four bytes as they stand in the frame.</summary>
internal readonly record struct WebSocketFrame(int Opcode, int Header, int Length, bool Masked, uint Mask)
{
    /// <summary>Reads the header of a frame that is there as a whole.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out WebSocketFrame frame)
    {
        frame = default;
        if (bytes.Length < 2) return false;
        var masked = (bytes[1] & 0x80) != 0;
        long length = bytes[1] & 0x7F;
        var header = length switch { 126 => 4, 127 => 10, _ => 2 };
        if (bytes.Length < header + (masked ? 4 : 0)) return false;
        if (length == 126) length = BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]);
        else if (length == 127) length = BinaryPrimitives.ReadInt64BigEndian(bytes[2..]);
        var mask = masked ? BinaryPrimitives.ReadUInt32LittleEndian(bytes[header..]) : 0;
        if (masked) header += 4;
        if (bytes.Length < header + length) return false;
        frame = new WebSocketFrame(bytes[0] & 0x0F, header, (int)length, masked, mask);
        return true;
    }

    /// <summary>Writes a header; the result is its length.</summary>
    public static int WriteHeader(Span<byte> target, byte first, int length, uint? mask)
    {
        var maskBit = mask is null ? (byte)0 : (byte)0x80;
        target[0] = first;
        int header;
        if (length < 126)
        {
            target[1] = (byte)(length | maskBit);
            header = 2;
        }
        else if (length <= ushort.MaxValue)
        {
            target[1] = (byte)(126 | maskBit);
            BinaryPrimitives.WriteUInt16BigEndian(target[2..], (ushort)length);
            header = 4;
        }
        else
        {
            target[1] = (byte)(127 | maskBit);
            BinaryPrimitives.WriteInt64BigEndian(target[2..], length);
            header = 10;
        }

        if (mask is null) return header;
        BinaryPrimitives.WriteUInt32LittleEndian(target[header..], mask.Value);
        return header + 4;
    }
}
