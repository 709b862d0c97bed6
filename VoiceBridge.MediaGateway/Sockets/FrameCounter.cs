using System.Buffers.Binary;

namespace VoiceBridge.MediaGateway.Sockets;

/// <summary>Finds the control frames (RFC 6455, 5.5: close, ping, pong) in the bytes that a client sends. Frames may be cut anywhere between two reads.</summary>
internal sealed class FrameCounter
{
    private const int ControlBit = 0x08;
    private const int MaskBit = 0x80;
    private const int MaskBytes = 4;
    private const int MaxHeader = 14;

    private readonly byte[] _header = new byte[MaxHeader];
    private int _headerLength;
    private ulong _payloadLeft;

    /// <summary>The control frames whose header ends in <paramref name="bytes"/>, which follow those of the call before.</summary>
    public int Control(ReadOnlySpan<byte> bytes)
    {
        var control = 0;
        while (!bytes.IsEmpty)
        {
            if (_payloadLeft > 0)
            {
                var skipped = (int)Math.Min(_payloadLeft, (ulong)bytes.Length);
                _payloadLeft -= (ulong)skipped;
                bytes = bytes[skipped..];
                continue;
            }

            _header[_headerLength++] = bytes[0];
            bytes = bytes[1..];
            if (_headerLength < 2 || _headerLength < HeaderLength())
                continue;
            if ((_header[0] & ControlBit) != 0)
                control++;
            _payloadLeft = PayloadLength();
            _headerLength = 0;
        }
        return control;
    }

    private int HeaderLength() => 2 + LengthBytes() + ((_header[1] & MaskBit) != 0 ? MaskBytes : 0);

    private int LengthBytes() => (_header[1] & ~MaskBit) switch
    {
        126 => sizeof(ushort),
        127 => sizeof(ulong),
        _ => 0,
    };

    private ulong PayloadLength() => (_header[1] & ~MaskBit) switch
    {
        126 => BinaryPrimitives.ReadUInt16BigEndian(_header.AsSpan(2)),
        127 => BinaryPrimitives.ReadUInt64BigEndian(_header.AsSpan(2)),
        var length => (ulong)length,
    };
}
