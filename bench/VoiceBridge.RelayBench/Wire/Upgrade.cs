using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;

namespace VoiceBridge.RelayBench.Wire;

/// <summary>The HTTP upgrade of a WebSocket (RFC 6455), from either end, on a blocking socket that is non-blocking afterwards.</summary>
internal static class Upgrade
{
    private const string Key = "dGhlIHNhbXBsZSBub25jZQ==";

    /// <summary>Connects and upgrades, or throws with the server's answer.</summary>
    public static WebSocketPeer Connect(IPEndPoint server, string pathAndQuery, params IEnumerable<string> headers)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true, ReceiveTimeout = 15_000 };
        socket.Connect(server);
        var request = $"GET {pathAndQuery} HTTP/1.1\r\nHost: {server}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {Key}\r\n"
            + string.Concat(headers.Select(header => header + "\r\n")) + "\r\n";
        socket.Send(Encoding.ASCII.GetBytes(request));
        var answer = ReadHead(socket);
        if (!answer.StartsWith("HTTP/1.1 101", StringComparison.Ordinal))
            throw new InvalidOperationException($"The relay refused the socket: {answer.Split('\r')[0]}");
        socket.Blocking = false;
        return new WebSocketPeer(socket, isClient: true);
    }

    /// <summary>Takes an accepted socket through the upgrade.</summary>
    public static WebSocketPeer Accept(Socket socket)
    {
        socket.NoDelay = true;
        socket.ReceiveTimeout = 5_000;
        var head = ReadHead(socket);
        var key = head.Split("\r\n").First(line => line.StartsWith("Sec-WebSocket-Key:", StringComparison.OrdinalIgnoreCase)).Split(':', 2)[1].Trim();
#pragma warning disable CA5350 // RFC 6455 section 1.3 asks for SHA-1 here; it protects nothing.
        var accept = Convert.ToBase64String(SHA1.HashData(Encoding.ASCII.GetBytes(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11")));
#pragma warning restore CA5350
        socket.Send(Encoding.ASCII.GetBytes($"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: {accept}\r\n\r\n"));
        socket.Blocking = false;
        return new WebSocketPeer(socket, isClient: false);
    }

    /// <summary>Reads byte by byte, so that no frame that follows the head is swallowed.</summary>
    private static string ReadHead(Socket socket)
    {
        var head = new StringBuilder();
        Span<byte> one = stackalloc byte[1];
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            if (socket.Receive(one) == 0) throw new InvalidOperationException("The peer closed during the upgrade.");
            head.Append((char)one[0]);
        }

        return head.ToString();
    }
}
