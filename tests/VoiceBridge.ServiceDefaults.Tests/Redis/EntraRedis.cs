using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using StackExchange.Redis;
using VoiceBridge.Testing;

namespace VoiceBridge.ServiceDefaults.Tests.Redis;

/// <summary>
/// A <c>redis-server</c> that treats tokens as Azure does: they are the passwords of the identity's user, nobody else may do anything, and a
/// connection ends with the token that it was last authenticated with.
/// </summary>
internal sealed class EntraRedis : IAsyncDisposable
{
    private readonly RedisServer _server;
    private readonly ConnectionMultiplexer _admin;
    private readonly TcpListener _listener;
    private readonly CancellationTokenSource _stopping = new();
    private readonly ConcurrentDictionary<Connection, Task> _connections = new();
    private readonly Task _accepting;

    private EntraRedis(RedisServer server, ConnectionMultiplexer admin, int port)
    {
        (_server, _admin) = (server, admin);
        _listener = new TcpListener(IPAddress.Loopback, port);
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public static bool IsInstalled => RedisServer.Executable is not null;

    /// <summary>Where clients connect, without TLS.</summary>
    public string Address => $"127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port},ssl=false";

    /// <summary>The connections that are open.</summary>
    public IReadOnlyList<Connection> Connections => [.. _connections.Keys];

    public static async Task<EntraRedis> StartAsync(int port = 0)
    {
        var server = await RedisServer.StartAsync(RedisKind.Redis);
        var admin = await server.ConnectAsync();
        await admin.GetDatabase().ExecuteAsync("ACL", "SETUSER", "default", "resetpass", ">only the connection that stands");
        return new EntraRedis(server, admin, port);
    }

    /// <summary>The token is valid from now on.</summary>
    public Task AcceptAsync(string token) => _admin.GetDatabase().ExecuteAsync("ACL", "SETUSER", FakeEntraId.ObjectId, "on", ">" + token, "~*", "&*", "+@all");

    /// <summary>The token has expired: nobody can use it any more, and connections that have no other are closed. Returns those.</summary>
    public async Task<IReadOnlyList<Connection>> ExpireAsync(string token)
    {
        await _admin.GetDatabase().ExecuteAsync("ACL", "SETUSER", FakeEntraId.ObjectId, "<" + token);
        return CloseWhere(connection => connection.LastSent(token));
    }

    /// <summary>Closes connections, as a failover does.</summary>
    public IReadOnlyList<Connection> CloseWhere(Func<Connection, bool> which)
    {
        Connection[] closed = [.. Connections.Where(which)];
        foreach (var connection in closed)
        {
            _connections.TryRemove(connection, out _);
            connection.Dispose();
        }

        return closed;
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        _listener.Stop();
        await _accepting;
        Task[] serving = [.. _connections.Values];
        CloseWhere(_ => true);
        await Task.WhenAll(serving);
        await _admin.DisposeAsync();
        await _server.DisposeAsync();
        _stopping.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var connection = new Connection(await _listener.AcceptTcpClientAsync(_stopping.Token));
                var ready = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                _connections[connection] = ServeAsync(connection, ready.Task);
                ready.SetResult();
            }
        }
        catch (OperationCanceledException)
        {
            // The test is over.
        }
    }

    private async Task ServeAsync(Connection connection, Task ready)
    {
        await ready;
        await connection.ServeAsync(_server.Port);
        _connections.TryRemove(connection, out _);
    }

    /// <summary>One client's connection, which remembers what the client has sent.</summary>
    internal sealed class Connection(TcpClient client) : IDisposable
    {
        private readonly TcpClient _server = new() { NoDelay = true };
        private readonly StringBuilder _sent = new();

        private string Sent
        {
            get
            {
                lock (_sent) return _sent.ToString();
            }
        }

        public bool IsSubscribed => Sent.Contains("SUBSCRIBE\r\n", StringComparison.Ordinal);

        public bool SentCredentials => Sent.Contains("AUTH\r\n", StringComparison.Ordinal);

        /// <summary>Is it authenticated with this token?</summary>
        public bool LastSent(string token)
        {
            var sent = Sent;
            var last = sent.LastIndexOf(FakeEntraId.ObjectId + "\r\n", StringComparison.Ordinal);
            return last >= 0 && sent.IndexOf(token + "\r\n", last, StringComparison.Ordinal) >= 0;
        }

        public void Dispose()
        {
            client.Dispose();
            _server.Dispose();
        }

        public async Task ServeAsync(int serverPort)
        {
            try
            {
                client.NoDelay = true;
                await _server.ConnectAsync(IPAddress.Loopback, serverPort);
                await Task.WhenAny(ForwardAsync(client.GetStream(), _server.GetStream(), Remember), ForwardAsync(_server.GetStream(), client.GetStream(), _ => { }));
            }
            catch (Exception exception) when (exception is SocketException or InvalidOperationException)
            {
                // Closed before it began.
            }

            Dispose();
        }

        private void Remember(ReadOnlySpan<byte> bytes)
        {
            lock (_sent) _sent.Append(Encoding.Latin1.GetString(bytes));
        }

        private static async Task ForwardAsync(NetworkStream from, NetworkStream to, BytesRead read)
        {
            var buffer = new byte[64 * 1024];
            try
            {
                while (await from.ReadAsync(buffer) is var count and > 0)
                {
                    read(buffer.AsSpan(0, count));
                    await to.WriteAsync(buffer.AsMemory(0, count));
                }
            }
            catch (Exception exception) when (exception is IOException or ObjectDisposedException)
            {
                // One end is gone, and with it the connection.
            }
        }

        private delegate void BytesRead(ReadOnlySpan<byte> bytes);
    }
}
