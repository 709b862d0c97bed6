using System.Runtime.CompilerServices;

namespace VoiceBridge.MediaGateway.Sockets;

/// <summary>
/// The bytes below an upgraded socket, counted: bytes per second, and control frames per second, which a <see cref="System.Net.WebSockets.WebSocket"/> answers
/// and never shows. A read beyond a limit fails with <see cref="SocketFloodException"/>.
/// </summary>
internal sealed class BoundedSocketStream(Stream inner, int bytesPerSecond, int controlFramesPerSecond, TimeProvider time) : Stream
{
    private readonly RateWindow _bytes = new(bytesPerSecond, time);
    private readonly RateWindow _control = new(controlFramesPerSecond, time);
    private readonly FrameCounter _frames = new();

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var reading = inner.ReadAsync(buffer, cancellationToken);
        if (buffer.IsEmpty)
            return reading;
        if (!reading.IsCompletedSuccessfully)
            return CountAsync(reading, buffer);
        var read = reading.Result;
        Count(buffer.Span[..read]);
        return ValueTask.FromResult(read);
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
        inner.WriteAsync(buffer, cancellationToken);

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        inner.WriteAsync(buffer, offset, count, cancellationToken);

    public override Task FlushAsync(CancellationToken cancellationToken) => inner.FlushAsync(cancellationToken);

    public override void Flush() => inner.Flush();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            inner.Dispose();
        base.Dispose(disposing);
    }

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
