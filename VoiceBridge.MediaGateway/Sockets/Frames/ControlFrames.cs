namespace VoiceBridge.MediaGateway.Sockets.Frames;

/// <summary>Pongs and pings that wait to be sent. A pong replaces one that still waits (RFC 6455, 5.5.3): a peer that pings and does not read fills no queue.</summary>
internal sealed class ControlFrames
{
    private readonly Lock _gate = new();
    private byte[]? _pong;
    private byte[]? _frame;
    private int _pongLength = -1;
    private bool _ping;
    private volatile bool _any;

    public bool Any => _any;

    public void Pong(ReadOnlySpan<byte> payload)
    {
        lock (_gate)
        {
            payload.CopyTo(_pong ??= new byte[FrameHeader.MaxControlPayload]);
            (_pongLength, _any) = (payload.Length, true);
        }
    }

    public void Ping()
    {
        lock (_gate)
            _ping = _any = true;
    }

    /// <summary>The next as a frame, which lies here until the next is taken.</summary>
    public bool TryTake(uint? mask, out ReadOnlyMemory<byte> frame)
    {
        lock (_gate)
        {
            frame = default;
            if (!_any)
                return false;
            _frame ??= new byte[FrameHeader.MaxLength + FrameHeader.MaxControlPayload];
            var length = Math.Max(_pongLength, 0);
            var opcode = _pongLength >= 0 ? Opcode.Pong : Opcode.Ping;
            if (opcode == Opcode.Pong)
            {
                _pong.AsSpan(0, length).CopyTo(_frame.AsSpan(FrameHeader.MaxLength));
                _pongLength = -1;
            }
            else
            {
                _ping = false;
            }
            _any = _ping || _pongLength >= 0;
            frame = FrameHeader.Enclose(_frame, opcode, length, mask);
            return true;
        }
    }
}
