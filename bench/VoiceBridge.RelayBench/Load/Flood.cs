using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Options;
using VoiceBridge.Cluster;
using VoiceBridge.Cluster.Trust;

namespace VoiceBridge.RelayBench.Load;

/// <summary>One client that sends the same bytes over one connection as fast as they are taken, and connects again, five times a second at most, whenever it is cut off.</summary>
internal sealed class Flood(Uri address, string kind, string? clusterKey, string origin)
{
    public const string Kinds = "fragments, pings, messages (these three with a talk ticket of Cluster__Keys__0), probes, uploads, upgrades";

    private const int Chunk = 256 * 1024;
    private const string Upgrade = "Host: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
    private static readonly TimeSpan Reconnect = TimeSpan.FromMilliseconds(200);

    public long BytesSent { get; private set; }

    public int CutOffs { get; private set; }

    public int Refusals { get; private set; }

    private bool Admitted => kind is "fragments" or "pings" or "messages";

    public async Task RunAsync(TimeSpan duration)
    {
        var unit = Unit();
        var bytes = new byte[Math.Max(1, Chunk / unit.Length) * unit.Length];
        for (var at = 0; at < bytes.Length; at += unit.Length) unit.CopyTo(bytes.AsSpan(at));
        var clock = Stopwatch.StartNew();
        using var pace = new PeriodicTimer(Reconnect);
        while (clock.Elapsed < duration && await pace.WaitForNextTickAsync())
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, address.Port));
            if (Admitted && !await EnterAsync(socket)) Refusals++;
            else if (duration - clock.Elapsed is var left && left > TimeSpan.Zero && await SendAsync(socket, bytes, left)) CutOffs++;
        }
    }

    /// <summary>True when the other side ended the connection.</summary>
    private async Task<bool> SendAsync(Socket socket, byte[] bytes, TimeSpan duration)
    {
        using var over = new CancellationTokenSource(duration);
        var reading = DrainAsync(socket, over);
        try
        {
            while (!over.IsCancellationRequested) BytesSent += await socket.SendAsync(bytes, over.Token);
        }
        catch (Exception exception) when (exception is SocketException or OperationCanceledException)
        {
            // Cut off, or long enough.
        }

        await over.CancelAsync();
        return await reading;
    }

    /// <summary>Reads answers and pongs until the connection ends or it is over; true when the other side ended it.</summary>
    private static async Task<bool> DrainAsync(Socket socket, CancellationTokenSource over)
    {
        var buffer = new byte[64 * 1024];
        try
        {
            while (await socket.ReceiveAsync(buffer, over.Token) > 0)
            {
                // Nothing that matters here.
            }
        }
        catch (OperationCanceledException)
        {
            return false;
        }
        catch (SocketException)
        {
            // Reset: there were bytes that it had not read.
        }

        await over.CancelAsync();
        return true;
    }

    private async Task<bool> EnterAsync(Socket socket)
    {
        await socket.SendAsync(Encoding.ASCII.GetBytes($"GET /web/ws?ticket={Ticket()} HTTP/1.1\r\nOrigin: {origin}\r\n{Upgrade}\r\n"));
        var head = new StringBuilder();
        var one = new byte[1];
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal) && await socket.ReceiveAsync(one) > 0) head.Append((char)one[0]);
        return head.ToString().StartsWith("HTTP/1.1 101", StringComparison.Ordinal);
    }

    private string Ticket()
    {
        var tickets = new MediaTickets(new ClusterKeys(Options.Create(new ClusterOptions { Keys = [clusterKey!] })), TimeProvider.System);
        var correlationId = $"web-{Guid.NewGuid():N}";
        return tickets.Issue(new MediaTicket
        {
            CallId = CallId.Of(correlationId, ""), CorrelationId = correlationId, CallerId = "flood", CalledNumber = "web", Type = "web",
            IssuedAt = DateTimeOffset.UtcNow, ExpiresAt = DateTimeOffset.UtcNow.AddMinutes(10),
        });
    }

    /// <summary>Frames are masked with zeros.</summary>
    private byte[] Unit() => kind switch
    {
        "fragments" => Fragments("{\"type\":\"nothing\"" + new string(' ', 30_000) + "}"),
        "pings" => [0x89, 0x80, 0, 0, 0, 0],
        "messages" => [0x82, 0x82, 0, 0, 0, 0, 0, 0],
        "probes" => Encoding.ASCII.GetBytes("GET /ready HTTP/1.1\r\nHost: x\r\n\r\n"),
        "uploads" => Encoding.ASCII.GetBytes($"POST /stats HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n{new string('x', 100_000)}"),
        "upgrades" => Encoding.ASCII.GetBytes($"GET /acs/ws?ticket=x HTTP/1.1\r\n{Upgrade}\r\n"),
        _ => throw new ArgumentException($"There is no flood '{kind}': {Kinds}."),
    };

    /// <summary>A message in fragments of one byte each.</summary>
    private static byte[] Fragments(string message)
    {
        var frames = new List<byte>(message.Length * 7);
        for (var i = 0; i < message.Length; i++)
            frames.AddRange([(byte)((i == 0 ? 0x01 : 0) | (i == message.Length - 1 ? 0x80 : 0)), 0x81, 0, 0, 0, 0, (byte)message[i]]);
        return [.. frames];
    }
}
