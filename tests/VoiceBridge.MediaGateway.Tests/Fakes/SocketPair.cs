using System.IO.Pipelines;
using System.Net.WebSockets;

namespace VoiceBridge.MediaGateway.Tests.Fakes;

/// <summary>Two real WebSockets that talk to each other through memory.</summary>
internal sealed class SocketPair : IDisposable
{
    /// <param name="below">What stands below the server's socket, if anything.</param>
    public SocketPair(Func<Stream, Stream>? below = null)
    {
        var up = new Pipe(new PipeOptions(useSynchronizationContext: false));
        var down = new Pipe(new PipeOptions(useSynchronizationContext: false));
        Raw = up.Writer.AsStream();
        Client = WebSocket.CreateFromStream(new Duplex(down.Reader.AsStream(), Raw), new WebSocketCreationOptions { IsServer = false });
        var server = new Duplex(up.Reader.AsStream(), down.Writer.AsStream());
        Server = WebSocket.CreateFromStream(below is null ? server : below(server), new WebSocketCreationOptions { IsServer = true });
    }

    public WebSocket Client { get; }

    public WebSocket Server { get; }

    /// <summary>What the client writes to, below its framing.</summary>
    public Stream Raw { get; }

    public void Dispose()
    {
        Client.Dispose();
        Server.Dispose();
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
