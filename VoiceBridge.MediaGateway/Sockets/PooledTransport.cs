using System.IO.Pipelines;

namespace VoiceBridge.MediaGateway.Sockets;

/// <summary>
/// The transport of an accepted connection. Until <see cref="StayInline"/>, whatever waits for it goes on on the thread pool: HTTP is parsed and
/// answered there, and a client that pipelines requests keeps no socket's thread busy. Afterwards, for media sockets, reads and writes go on where they
/// complete.
/// </summary>
internal sealed class PooledTransport : IDuplexPipe
{
    private volatile bool _inline;

    public PooledTransport(IDuplexPipe inner)
    {
        Input = new Reader(inner.Input, this);
        Output = new Writer(inner.Output, this);
    }

    public PipeReader Input { get; }

    public PipeWriter Output { get; }

    /// <summary>From now on the connection is a media socket.</summary>
    public void StayInline() => _inline = true;

    private sealed class Reader(PipeReader inner, PooledTransport transport) : PipeReader
    {
        public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
        {
            var reading = inner.ReadAsync(cancellationToken);
            return transport._inline || reading.IsCompleted ? reading : PoolThreads.ResumeAsync(reading);
        }

        public override bool TryRead(out ReadResult result) => inner.TryRead(out result);

        public override void AdvanceTo(SequencePosition consumed) => inner.AdvanceTo(consumed);

        public override void AdvanceTo(SequencePosition consumed, SequencePosition examined) => inner.AdvanceTo(consumed, examined);

        public override void CancelPendingRead() => inner.CancelPendingRead();

        public override void Complete(Exception? exception = null) => inner.Complete(exception);

        public override ValueTask CompleteAsync(Exception? exception = null) => inner.CompleteAsync(exception);
    }

    private sealed class Writer(PipeWriter inner, PooledTransport transport) : PipeWriter
    {
        public override bool CanGetUnflushedBytes => inner.CanGetUnflushedBytes;

        public override long UnflushedBytes => inner.UnflushedBytes;

        public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default) => Wait(inner.FlushAsync(cancellationToken));

        public override ValueTask<FlushResult> WriteAsync(ReadOnlyMemory<byte> source, CancellationToken cancellationToken = default) =>
            Wait(inner.WriteAsync(source, cancellationToken));

        public override void Advance(int bytes) => inner.Advance(bytes);

        public override Memory<byte> GetMemory(int sizeHint = 0) => inner.GetMemory(sizeHint);

        public override Span<byte> GetSpan(int sizeHint = 0) => inner.GetSpan(sizeHint);

        public override void CancelPendingFlush() => inner.CancelPendingFlush();

        public override void Complete(Exception? exception = null) => inner.Complete(exception);

        public override ValueTask CompleteAsync(Exception? exception = null) => inner.CompleteAsync(exception);

        private ValueTask<FlushResult> Wait(ValueTask<FlushResult> flushing) =>
            transport._inline || flushing.IsCompleted ? flushing : PoolThreads.ResumeAsync(flushing);
    }
}
