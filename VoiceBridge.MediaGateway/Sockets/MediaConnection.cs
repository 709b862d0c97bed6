using System.Buffers;
using System.IO.Pipelines;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;

namespace VoiceBridge.MediaGateway.Sockets;

/// <summary>
/// An accepted connection. While it is HTTP, whatever waits for it goes on on the thread pool: requests are parsed and answered there, and a client that pipelines
/// them keeps no socket's thread busy. An upgraded one is read and written where its socket completes, without a pipe between.
/// </summary>
internal sealed class MediaConnection : DefaultConnectionContext
{
    private readonly Socket _socket;
    private readonly NetworkStream _bytes;
    private readonly PoolStream _pooled;

    // Never disposed: it may be cancelled by whoever aborts the connection last.
    private readonly CancellationTokenSource _closed = new();

    public MediaConnection(Socket socket)
    {
        _socket = socket;
        _bytes = new NetworkStream(socket, ownsSocket: true);
        _pooled = new PoolStream(_bytes, int.MaxValue);
        Transport = new Duplex(PipeReader.Create(_pooled, new StreamPipeReaderOptions(leaveOpen: true)), PipeWriter.Create(_pooled, new StreamPipeWriterOptions(leaveOpen: true)));
        (LocalEndPoint, RemoteEndPoint) = (socket.LocalEndPoint, socket.RemoteEndPoint);
        ConnectionClosed = _closed.Token;
        Features.Set(this);
    }

    /// <summary>The connection is no longer HTTP: its bytes, after those that came with the request and are not part of it.</summary>
    public (Stream Stream, byte[] Early) Upgrade()
    {
        if (!Transport.Input.TryRead(out var result))
            return (_bytes, []);
        var early = result.Buffer.ToArray();
        Transport.Input.AdvanceTo(result.Buffer.End);
        return (_bytes, early);
    }

    /// <summary>The same where Kestrel decrypts what is read: it goes on doing so, on the socket's thread.</summary>
    public void StayInline() => _pooled.StayInline();

    public override void Abort(ConnectionAbortedException abortReason) => Close();

    public override async ValueTask DisposeAsync()
    {
        await Transport.Input.CompleteAsync();
        try
        {
            await Transport.Output.CompleteAsync();
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException)
        {
            // The client is gone, and what it was to read with it.
        }
        Close();
        await base.DisposeAsync();
    }

    private void Close()
    {
        try
        {
            _socket.Shutdown(SocketShutdown.Both);
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // It is over already.
        }
        _bytes.Dispose();
        // Whoever listens does not run here.
        ThreadPool.UnsafeQueueUserWorkItem(static closed => closed.Cancel(), _closed, preferLocal: false);
    }

    private sealed record Duplex(PipeReader Input, PipeWriter Output) : IDuplexPipe;
}
