using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Options;

namespace VoiceBridge.MediaGateway.Sockets;

/// <summary>
/// Kestrel's connections, accepted here so that an upgraded one can be read without Kestrel's pipes between (<see cref="MediaConnection"/>). What is not TCP is
/// accepted as ever.
/// </summary>
internal sealed class MediaListenerFactory(IOptions<SocketTransportOptions> transport, ILoggerFactory loggers)
    : IConnectionListenerFactory, IConnectionListenerFactorySelector
{
    private readonly SocketTransportFactory _inner = new(transport, loggers);

    public bool CanBind(EndPoint endpoint) => _inner.CanBind(endpoint);

    public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default)
    {
        if (endpoint is not IPEndPoint)
            return _inner.BindAsync(endpoint, cancellationToken);
        Socket listening;
        try
        {
            listening = SocketTransportOptions.CreateDefaultBoundListenSocket(endpoint);
        }
        catch (SocketException exception) when (exception.SocketErrorCode == SocketError.AddressAlreadyInUse)
        {
            throw new AddressInUseException(exception.Message, exception);
        }
        listening.Listen(transport.Value.Backlog);
        return ValueTask.FromResult<IConnectionListener>(new Listener(listening));
    }

    private sealed class Listener(Socket listening) : IConnectionListener
    {
        public EndPoint EndPoint { get; } = listening.LocalEndPoint!;

        public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
        {
            while (true)
            {
                try
                {
                    var accepting = listening.AcceptAsync(cancellationToken);
                    var waits = !accepting.IsCompleted;
                    var socket = await accepting.ConfigureAwait(false);
                    if (waits)
                        await PoolThreads.Switch();
                    return Connection(socket);
                }
                catch (Exception exception) when (exception is ObjectDisposedException or SocketException { SocketErrorCode: SocketError.OperationAborted })
                {
                    // Unbound.
                    return null;
                }
                catch (SocketException)
                {
                    // It was gone before it was accepted: the next.
                }
            }
        }

        private static MediaConnection Connection(Socket socket)
        {
            try
            {
                socket.NoDelay = true;
                return new MediaConnection(socket);
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        }

        public ValueTask UnbindAsync(CancellationToken cancellationToken = default) => DisposeAsync();

        public ValueTask DisposeAsync()
        {
            listening.Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
