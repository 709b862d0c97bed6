namespace VoiceBridge.MediaGateway.Sockets;

/// <summary>
/// The bytes below an upgraded socket, counted: bytes per second, and control frames per second, which a <see cref="System.Net.WebSockets.WebSocket"/> answers
/// and never shows. A read beyond a limit fails with <see cref="SocketFloodException"/>.
/// </summary>
internal sealed class BoundedSocketStream : ReadAheadStream
{
    private readonly RateWindow _bytes;
    private readonly RateWindow _control;
    private readonly FrameCounter _frames = new();

    public BoundedSocketStream(Stream inner, byte[] early, int bytesPerSecond, int controlFramesPerSecond, TimeProvider time) : base(inner, early)
    {
        (_bytes, _control) = (new RateWindow(bytesPerSecond, time), new RateWindow(controlFramesPerSecond, time));
        OnReceived(early);
    }

    protected override void OnReceived(ReadOnlySpan<byte> bytes)
    {
        if (!_bytes.TryAdd(bytes.Length))
            throw new SocketFloodException("too many bytes");
        if (_frames.Control(bytes) is > 0 and var control && !_control.TryAdd(control))
            throw new SocketFloodException("too many control frames");
    }
}

/// <summary>A peer sends more than anybody may.</summary>
internal sealed class SocketFloodException(string message) : IOException(message);
