using System.Net;
using System.Net.Sockets;

namespace VoiceBridge.RelayBench.Wire;

/// <summary>A port of this machine, whose connections are accepted by a <see cref="Reactor"/>.</summary>
internal sealed class Listener : IReady, IDisposable
{
    private const int Backlog = 1024;
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly Action<int> _accepted;

    public Listener(Reactor reactor, int port, Action<int> accepted)
    {
        _accepted = accepted;
        _socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        _socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
        _socket.Listen(Backlog);
        _socket.Blocking = false;
        reactor.Watch((int)_socket.Handle, this);
    }

    public void OnReady(bool readable, bool writable)
    {
        for (var socket = Libc.Accept((int)_socket.Handle); socket >= 0; socket = Libc.Accept((int)_socket.Handle)) _accepted(socket);
    }

    public void Dispose() => _socket.Dispose();
}
