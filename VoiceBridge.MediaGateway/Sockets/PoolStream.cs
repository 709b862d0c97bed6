namespace VoiceBridge.MediaGateway.Sockets;

/// <summary>A connection whose reads and writes, when they have to wait, go on on the thread pool; after <paramref name="waits"/> of each
/// they go on where the answer came in.</summary>
internal sealed class PoolStream(Stream inner, int waits) : ReadAheadStream(inner, [])
{
    private int _reads = waits;
    private int _writes = waits;

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var writing = base.WriteAsync(buffer, cancellationToken);
        return writing.IsCompleted || !ToPool(ref _writes) ? writing : PoolThreads.ResumeAsync(writing);
    }

    /// <summary>From now on everything goes on where the answer comes in.</summary>
    public void StayInline() => _reads = _writes = 0;

    protected override ValueTask<int> Waiting(ValueTask<int> reading) => ToPool(ref _reads) ? PoolThreads.ResumeAsync(reading) : reading;

    private static bool ToPool(ref int waits)
    {
        if (waits == 0)
            return false;
        if (waits != int.MaxValue)
            waits--;
        return true;
    }
}
