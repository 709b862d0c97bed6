using System.Net;
using Garnet;
using Garnet.server;

namespace VoiceBridge.Local.Redis;

/// <summary>
/// A Redis server inside this process: Microsoft.Garnet on a loopback port, nothing on disk.
/// Lua scripts run as transactions, without which they are not atomic on Garnet.
/// </summary>
internal sealed class EmbeddedRedis : IDisposable
{
    private readonly GarnetServer _server;

    private EmbeddedRedis(GarnetServer server, int port) => (_server, Port) = (server, port);

    /// <summary>The port on 127.0.0.1 that the server listens on.</summary>
    public int Port { get; }

    /// <summary>The connection string for StackExchange.Redis.</summary>
    public string ConnectionString => $"127.0.0.1:{Port},abortConnect=false";

    /// <summary>Starts a server on <paramref name="port"/>, or throws when the port is taken.</summary>
    public static EmbeddedRedis Start(int port)
    {
        var server = new GarnetServer(new GarnetServerOptions
        {
            EndPoints = [new IPEndPoint(IPAddress.Loopback, port)],
            EnableLua = true,
            LuaTransactionMode = true,
            QuietMode = true,
            LogMemorySize = "64m",
            IndexMemorySize = "8m",
            PageSize = "4m",
            SegmentSize = "16m",
        });
        server.Start();
        return new EmbeddedRedis(server, port);
    }

    public void Dispose() => _server.Dispose();
}
