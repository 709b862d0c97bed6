using System.Net;
using System.Net.Sockets;

namespace VoiceBridge.Local.Hosting;

/// <summary>Ports on 127.0.0.1 for servers that must know theirs before they bind it.</summary>
internal static class LoopbackPorts
{
    // Below what systems give to outgoing connections (Linux: from 32768): many of those come and go between the look and the bind, and
    // while a server is restarted on its port.
    private const int First = 15_000;
    private const int End = 30_000;

    private static readonly HashSet<int> Given = [];

    /// <summary>One that is free now and was not given to anybody in this process yet.</summary>
    public static int Find()
    {
        while (true)
        {
            var port = Random.Shared.Next(First, End);
            lock (Given)
            {
                if (Given.Contains(port) || !IsFree(port)) continue;
                if (Given.Count == (End - First) / 2) Given.Clear();
                Given.Add(port);
                return port;
            }
        }
    }

    public static bool IsFree(int port)
    {
        try
        {
            using var listener = new TcpListener(IPAddress.Loopback, port);
            listener.ExclusiveAddressUse = true;
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
