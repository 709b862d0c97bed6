using System.Buffers.Binary;

namespace VoiceBridge.MediaGateway.Sockets.Frames;

/// <summary>What a frame is (RFC 6455, 5.2).</summary>
internal enum Opcode
{
    Continuation = 0,
    Text = 1,
    Binary = 2,
    Close = 8,
    Ping = 9,
    Pong = 10,
}

/// <summary>The head of a frame.</summary>
/// <param name="Opcode">What it is; any four bits.</param>
/// <param name="IsFinal">Whether it ends its message.</param>
/// <param name="HasReserved">Whether a bit is set that belongs to an extension.</param>
/// <param name="Mask">As it lies in memory; null where the payload is not masked.</param>
/// <param name="PayloadLength">The payload's length.</param>
/// <param name="Length">Its own length.</param>
internal readonly record struct FrameHeader(Opcode Opcode, bool IsFinal, bool HasReserved, uint? Mask, ulong PayloadLength, int Length)
{
    public const int MaxLength = 14;
    public const int MaxControlPayload = 125;

    private const int MaskBytes = sizeof(uint);
    private const int MaskBit = 0x80;
    private const int FinalBit = 0x80;
    private const int ReservedBits = 0x70;
    private const int OpcodeBits = 0x0F;
    private const int Length16 = 126;
    private const int Length64 = 127;

    public bool IsControl => ((int)Opcode & 8) != 0;

    /// <summary>False while some of it is missing.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out FrameHeader header)
    {
        header = default;
        if (bytes.Length < 2)
            return false;
        var size = bytes[1] & ~MaskBit;
        var sizeBytes = size switch { Length16 => sizeof(ushort), Length64 => sizeof(ulong), _ => 0 };
        var isMasked = (bytes[1] & MaskBit) != 0;
        var length = 2 + sizeBytes + (isMasked ? MaskBytes : 0);
        if (bytes.Length < length)
            return false;
        var payload = size switch
        {
            Length16 => BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]),
            Length64 => BinaryPrimitives.ReadUInt64BigEndian(bytes[2..]),
            _ => (ulong)size,
        };
        uint? mask = isMasked ? BitConverter.ToUInt32(bytes[(length - MaskBytes)..]) : null;
        header = new FrameHeader((Opcode)(bytes[0] & OpcodeBits), (bytes[0] & FinalBit) != 0, (bytes[0] & ReservedBits) != 0, mask, payload, length);
        return true;
    }

    /// <summary>The payload that begins at <see cref="MaxLength"/> of a buffer, with the head of a whole message or a control frame before it; masked in place where there is a mask.</summary>
    public static ReadOnlyMemory<byte> Enclose(byte[] buffer, Opcode opcode, int payloadLength, uint? mask)
    {
        var sizeBytes = payloadLength < Length16 ? 0 : payloadLength <= ushort.MaxValue ? sizeof(ushort) : sizeof(ulong);
        var begin = MaxLength - 2 - sizeBytes - (mask is null ? 0 : MaskBytes);
        var head = buffer.AsSpan(begin, MaxLength - begin);
        head[0] = (byte)(FinalBit | (int)opcode);
        head[1] = (byte)((mask is null ? 0 : MaskBit) | sizeBytes switch { 0 => payloadLength, sizeof(ushort) => Length16, _ => Length64 });
        if (sizeBytes == sizeof(ushort))
            BinaryPrimitives.WriteUInt16BigEndian(head[2..], (ushort)payloadLength);
        else if (sizeBytes == sizeof(ulong))
            BinaryPrimitives.WriteUInt64BigEndian(head[2..], (ulong)payloadLength);
        if (mask is { } value)
        {
            BitConverter.TryWriteBytes(head[(2 + sizeBytes)..], value);
            FrameMask.Apply(buffer.AsSpan(MaxLength, payloadLength), value);
        }
        return buffer.AsMemory(begin, MaxLength - begin + payloadLength);
    }
}
