using System.Net;
using System.Net.Sockets;
using Garnet;
using Garnet.server;
using VoiceBridge.Local.Hosting;

namespace VoiceBridge.Local.Redis;

/// <summary>
/// A Redis server inside this process: Microsoft.Garnet on a loopback port, nothing on disk.
/// Lua scripts run as transactions, without which they are not atomic on Garnet.
/// </summary>
internal sealed class EmbeddedRedis : IDisposable
{
    // Between finding a free port and binding it somebody else may take it; that it happens this often is not chance.
    private const int Attempts = 5;

    private readonly GarnetServer _server;

    private EmbeddedRedis(GarnetServer server, int port) => (_server, Port) = (server, port);

    /// <summary>The port on 127.0.0.1 that the server listens on.</summary>
    public int Port { get; }

    /// <summary>The connection string for StackExchange.Redis.</summary>
    public string ConnectionString => $"127.0.0.1:{Port},abortConnect=false";

    /// <summary>Starts a server on <paramref name="port"/>, or throws when the port is taken; 0 picks a free one.</summary>
    public static EmbeddedRedis Start(int port)
    {
        if (port != 0) return StartOn(port);
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return StartOn(LoopbackPorts.Find());
            }
            catch (SocketException) when (attempt < Attempts)
            {
                // Taken in between: another one.
            }
        }
    }

    public void Dispose() => _server.Dispose();

    private static EmbeddedRedis StartOn(int port)
    {
        var server = new GarnetServer(new GarnetServerOptions
        {
            EndPoints = [new IPEndPoint(IPAddress.Loopback, port)],
            EnableLua = true,
            LuaTransactionMode = true,
            LuaOptions = new LuaOptions(),
            QuietMode = true,
            LogMemorySize = "64m",
            IndexMemorySize = "8m",
            PageSize = "4m",
            SegmentSize = "16m",
        });
        try
        {
            server.Start();
            return new EmbeddedRedis(server, port);
        }
        catch
        {
            server.Dispose();
            throw;
        }
    }
}
