using System.Net;
using System.Net.Sockets;

namespace VoiceBridge.Testing;

/// <summary>A way to a server on this machine whose answers can be made to come late, and that can be cut.</summary>
public sealed class ServerLink : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stopping = new();
    private readonly int _serverPort;
    private readonly Task _accepting;
    private CancellationTokenSource _cut = new();

    public ServerLink(int serverPort)
    {
        _serverPort = serverPort;
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _accepting = AcceptAsync();
    }

    /// <summary>Where to connect instead.</summary>
    public int Port { get; }

    /// <summary>How late the server's answers come from now on.</summary>
    public TimeSpan Delay { get; set; }

    /// <summary>Ends all connections, and each new one, until <see cref="Mend"/>. The server itself goes on.</summary>
    public void Cut() => _cut.Cancel();

    public void Mend() => Interlocked.Exchange(ref _cut, new CancellationTokenSource()).Dispose();

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        _listener.Stop();
        await _accepting;
        _stopping.Dispose();
        _cut.Dispose();
    }

    private async Task AcceptAsync()
    {
        var connections = new List<Task>();
        try
        {
            while (true) connections.Add(ServeAsync(await _listener.AcceptTcpClientAsync(_stopping.Token)));
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(connections);
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(_stopping.Token, _cut.Token);
        using (client)
        using (var server = new TcpClient { NoDelay = true })
        {
            client.NoDelay = true;
            try
            {
                await server.ConnectAsync(IPAddress.Loopback, _serverPort, either.Token);
                await Task.WhenAny(
                    ForwardAsync(client.GetStream(), server.GetStream(), () => TimeSpan.Zero, either.Token),
                    ForwardAsync(server.GetStream(), client.GetStream(), () => Delay, either.Token));
            }
            catch (Exception exception) when (exception is SocketException or OperationCanceledException)
            {
                // The server is gone, or the test is over.
            }
            await either.CancelAsync();
        }
    }

    private static async Task ForwardAsync(NetworkStream from, NetworkStream to, Func<TimeSpan> delay, CancellationToken cancellationToken)
    {
        var buffer = new byte[64 * 1024];
        try
        {
            while (await from.ReadAsync(buffer, cancellationToken) is var count and > 0)
            {
                if (delay() is var late && late > TimeSpan.Zero) await Task.Delay(late, cancellationToken);
                await to.WriteAsync(buffer.AsMemory(0, count), cancellationToken);
            }
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException or ObjectDisposedException)
        {
            // One end is gone, and with it the connection.
        }
    }
}
