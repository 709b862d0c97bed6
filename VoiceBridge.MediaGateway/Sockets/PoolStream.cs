namespace VoiceBridge.MediaGateway.Sockets;

/// <summary>A connection whose reads and writes, when they have to wait, go on on the thread pool; after <paramref name="waits"/> of each
/// they go on where the answer came in.</summary>
internal sealed class PoolStream(Stream inner, int waits) : PassingStream(inner)
{
    private int _reads = waits;
    private int _writes = waits;

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var reading = Inner.ReadAsync(buffer, cancellationToken);
        return reading.IsCompleted || !ToPool(ref _reads) ? reading : PoolThreads.ResumeAsync(reading);
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var writing = Inner.WriteAsync(buffer, cancellationToken);
        return writing.IsCompleted || !ToPool(ref _writes) ? writing : PoolThreads.ResumeAsync(writing);
    }

    public override int Read(Span<byte> buffer) => Inner.Read(buffer);

    public override void Write(ReadOnlySpan<byte> buffer) => Inner.Write(buffer);

    private static bool ToPool(ref int waits)
    {
        if (waits == 0)
            return false;
        if (waits != int.MaxValue)
            waits--;
        return true;
    }
}
