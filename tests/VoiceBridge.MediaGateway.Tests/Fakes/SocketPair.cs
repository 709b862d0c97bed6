using System.IO.Pipelines;
using System.Net.WebSockets;
using VoiceBridge.MediaGateway.Sockets;

namespace VoiceBridge.MediaGateway.Tests.Fakes;

/// <summary>A socket of ours that talks through memory to one of the framework's.</summary>
internal sealed class SocketPair : IDisposable
{
    /// <param name="limits">Those of ours.</param>
    /// <param name="time">The clock of ours.</param>
    /// <param name="isServer">Whether ours is the server.</param>
    /// <param name="mostAhead">Bytes that may be on their way before a sender waits.</param>
    public SocketPair(FrameLimits? limits = null, TimeProvider? time = null, bool isServer = true, int mostAhead = 64 * 1024)
    {
        var options = new PipeOptions(useSynchronizationContext: false, pauseWriterThreshold: mostAhead, resumeWriterThreshold: mostAhead / 2);
        var (toOurs, fromOurs) = (new Pipe(options), new Pipe(options));
        Raw = toOurs.Writer.AsStream();
        RawBack = fromOurs.Reader.AsStream();
        Peer = WebSocket.CreateFromStream(new Duplex(RawBack, Raw), new WebSocketCreationOptions { IsServer = !isServer });
        Ours = new MediaSocket(
            new Duplex(toOurs.Reader.AsStream(), fromOurs.Writer.AsStream()), isServer, waitsEmpty: true, limits ?? FrameLimits.None, KeepAlive, time ?? TimeProvider.System);
    }

    public static TimeSpan KeepAlive { get; } = TimeSpan.FromSeconds(15);

    public WebSocket Peer { get; }

    public MediaSocket Ours { get; }

    /// <summary>What the peer writes to, below its framing.</summary>
    public Stream Raw { get; }

    /// <summary>What the peer reads, below its framing.</summary>
    public Stream RawBack { get; }

    public void Dispose()
    {
        Peer.Dispose();
        Ours.Dispose();
    }

    private sealed class Duplex(Stream reading, Stream writing) : Stream
    {
        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override void Flush() => writing.Flush();

        public override Task FlushAsync(CancellationToken cancellationToken) => writing.FlushAsync(cancellationToken);

        public override int Read(byte[] buffer, int offset, int count) => reading.Read(buffer, offset, count);

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            reading.ReadAsync(buffer, cancellationToken);

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => writing.Write(buffer, offset, count);

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
            writing.WriteAsync(buffer, cancellationToken);

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                reading.Dispose();
                writing.Dispose();
            }
            base.Dispose(disposing);
        }
    }
}
