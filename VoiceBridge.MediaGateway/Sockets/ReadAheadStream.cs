using System.Runtime.CompilerServices;

namespace VoiceBridge.MediaGateway.Sockets;

/// <summary>
/// A connection that is read ahead. A WebSocket waits with an empty buffer, asks for a frame's header and then for its payload: one call into the kernel brings
/// all of them. Who asks for more than the buffer holds reads past it.
/// </summary>
/// <param name="inner">The connection.</param>
/// <param name="early">What has been read from it already.</param>
internal abstract class ReadAheadStream(Stream inner, byte[] early) : Stream
{
    // 20 ms of audio with their envelope and frame header take 1.5 KB.
    private const int Ahead = 2048;

    private byte[] _buffer = early;
    private int _begin;
    private int _end = early.Length;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>An empty buffer waits for something to read.</summary>
    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_begin < _end)
            return ValueTask.FromResult(Take(buffer.Span));
        var reading = inner.ReadAsync(Target(buffer), cancellationToken);
        return reading.IsCompletedSuccessfully ? ValueTask.FromResult(Received(reading.Result, buffer)) : WaitAsync(Waiting(reading), buffer);
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
        inner.WriteAsync(buffer, cancellationToken);

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer)
    {
        if (_begin < _end)
            return Take(buffer);
        var read = inner.Read(buffer);
        OnReceived(buffer[..read]);
        return read;
    }

    public override void Write(byte[] buffer, int offset, int count) => inner.Write(buffer, offset, count);

    public override void Write(ReadOnlySpan<byte> buffer) => inner.Write(buffer);

    public override void Flush() => inner.Flush();

    public override Task FlushAsync(CancellationToken cancellationToken) => inner.FlushAsync(cancellationToken);

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            inner.Dispose();
        base.Dispose(disposing);
    }

    /// <summary>Bytes came, in the order of the connection.</summary>
    protected virtual void OnReceived(ReadOnlySpan<byte> bytes)
    {
    }

    /// <summary>A read that did not complete at once.</summary>
    protected virtual ValueTask<int> Waiting(ValueTask<int> reading) => reading;

    private Memory<byte> Target(Memory<byte> buffer)
    {
        if (buffer.Length >= Ahead)
            return buffer;
        if (_buffer.Length < Ahead)
            _buffer = new byte[Ahead];
        return _buffer;
    }

    private int Received(int read, Memory<byte> buffer)
    {
        OnReceived(Target(buffer).Span[..read]);
        if (buffer.Length >= Ahead)
            return read;
        (_begin, _end) = (0, read);
        return Take(buffer.Span);
    }

    private int Take(Span<byte> buffer)
    {
        var taken = _buffer.AsSpan(_begin, Math.Min(_end - _begin, buffer.Length));
        taken.CopyTo(buffer);
        _begin += taken.Length;
        return taken.Length;
    }

    /// <summary>Nothing is allocated: the state of the wait comes from a pool.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<int> WaitAsync(ValueTask<int> reading, Memory<byte> buffer) => Received(await reading.ConfigureAwait(false), buffer);
}
