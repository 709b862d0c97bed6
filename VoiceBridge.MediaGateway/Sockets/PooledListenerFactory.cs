using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Options;

namespace VoiceBridge.MediaGateway.Sockets;

/// <summary>
/// Kestrel's sockets, completed on their own threads (<see cref="SocketThreads"/>), with everything that is not a media socket taken from those threads:
/// accepting connections, and HTTP (<see cref="PooledTransport"/>).
/// </summary>
internal sealed class PooledListenerFactory(
    IOptions<SocketTransportOptions> transport, IOptions<MediaOptions> media, ILoggerFactory loggers) : IConnectionListenerFactory, IConnectionListenerFactorySelector
{
    private readonly SocketTransportFactory _inner = new(transport, loggers);

    public bool CanBind(EndPoint endpoint) => _inner.CanBind(endpoint);

    public async ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default)
    {
        var listener = await _inner.BindAsync(endpoint, cancellationToken);
        return media.Value.InlineScheduling ? new Listener(listener) : listener;
    }

    private sealed class Listener(IConnectionListener inner) : IConnectionListener
    {
        public EndPoint EndPoint => inner.EndPoint;

        public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
        {
            var accepting = inner.AcceptAsync(cancellationToken);
            var waits = !accepting.IsCompleted;
            var connection = await accepting.ConfigureAwait(false);
            if (waits)
                await PoolThreads.Switch();
            if (connection is null)
                return null;
            var transport = new PooledTransport(connection.Transport);
            connection.Transport = transport;
            connection.Features.Set(transport);
            return connection;
        }

        public ValueTask UnbindAsync(CancellationToken cancellationToken = default) => inner.UnbindAsync(cancellationToken);

        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }
}
