using System.Runtime.CompilerServices;

namespace VoiceBridge.MediaGateway.Sockets;

/// <summary>
/// A connection whose reads and writes, when they have to wait, go on on the thread pool; after <paramref name="waits"/> of each they go on where the answer came in.
/// It is read ahead: TLS waits with an empty buffer, asks for a record's header and then for the record, which one call into the kernel brings. Who asks for more than
/// the buffer holds reads past it.
/// </summary>
internal sealed class PoolStream(Stream inner, int waits) : Stream
{
    // 20 ms of audio with their envelope and their frame's and record's headers take 1.5 KB.
    private const int Ahead = 2048;

    private byte[] _buffer = [];
    private int _begin;
    private int _end;
    private int _reads = waits;
    private int _writes = waits;

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
        return reading.IsCompletedSuccessfully ? ValueTask.FromResult(Received(reading.Result, buffer)) : WaitAsync(ToPool(ref _reads) ? PoolThreads.ResumeAsync(reading) : reading, buffer);
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var writing = inner.WriteAsync(buffer, cancellationToken);
        return writing.IsCompleted || !ToPool(ref _writes) ? writing : PoolThreads.ResumeAsync(writing);
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer) => _begin < _end ? Take(buffer) : inner.Read(buffer);

    public override void Write(byte[] buffer, int offset, int count) => inner.Write(buffer, offset, count);

    public override void Write(ReadOnlySpan<byte> buffer) => inner.Write(buffer);

    public override void Flush() => inner.Flush();

    public override Task FlushAsync(CancellationToken cancellationToken) => inner.FlushAsync(cancellationToken);

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    /// <summary>From now on everything goes on where the answer comes in.</summary>
    public void StayInline() => _reads = _writes = 0;

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            inner.Dispose();
        base.Dispose(disposing);
    }

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

    private static bool ToPool(ref int waits)
    {
        if (waits == 0)
            return false;
        if (waits != int.MaxValue)
            waits--;
        return true;
    }
}
