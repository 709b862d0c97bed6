using System.Runtime.CompilerServices;

namespace VoiceBridge.MediaGateway.Sockets;

/// <summary>
/// The bytes below an upgraded socket, counted: bytes per second, and control frames per second, which a <see cref="System.Net.WebSockets.WebSocket"/> answers
/// and never shows. A read beyond a limit fails with <see cref="SocketFloodException"/>.
/// </summary>
internal sealed class BoundedSocketStream(Stream inner, int bytesPerSecond, int controlFramesPerSecond, TimeProvider time) : PassingStream(inner)
{
    private readonly RateWindow _bytes = new(bytesPerSecond, time);
    private readonly RateWindow _control = new(controlFramesPerSecond, time);
    private readonly FrameCounter _frames = new();

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var reading = Inner.ReadAsync(buffer, cancellationToken);
        if (buffer.IsEmpty)
            return reading;
        if (!reading.IsCompletedSuccessfully)
            return CountAsync(reading, buffer);
        var read = reading.Result;
        Count(buffer.Span[..read]);
        return ValueTask.FromResult(read);
    }

    // Synchronous reads would not be counted.
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <summary>Nothing is allocated: the state of the wait comes from a pool.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<int> CountAsync(ValueTask<int> reading, Memory<byte> buffer)
    {
        var read = await reading.ConfigureAwait(false);
        Count(buffer.Span[..read]);
        return read;
    }

    private void Count(ReadOnlySpan<byte> bytes)
    {
        if (!_bytes.TryAdd(bytes.Length))
            throw new SocketFloodException("too many bytes");
        if (_frames.Control(bytes) is > 0 and var control && !_control.TryAdd(control))
            throw new SocketFloodException("too many control frames");
    }
}

/// <summary>A peer sends more than anybody may.</summary>
internal sealed class SocketFloodException(string message) : IOException(message);
