using System.Diagnostics;
using System.Net.Sockets;
using System.Text;

namespace VoiceBridge.System.Tests.Trust;

/// <summary>One client that sends the same bytes over one connection as fast as they are taken, and connects again whenever it is cut off.</summary>
internal sealed class Flood
{
    private const int Chunk = 256 * 1024;
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Reconnect = TimeSpan.FromMilliseconds(200);
    private readonly Uri _address;
    private readonly Func<string> _opening;
    private readonly byte[] _bytes;

    private Flood(Uri address, Func<string> opening, ReadOnlySpan<byte> unit)
    {
        (_address, _opening) = (address, opening);
        _bytes = new byte[Chunk / unit.Length * unit.Length];
        for (var at = 0; at < _bytes.Length; at += unit.Length) unit.CopyTo(_bytes.AsSpan(at));
    }

    /// <summary>How often the other side ended the connection.</summary>
    internal int CutOffs { get; private set; }

    internal long BytesSent { get; private set; }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>An admitted phone's media socket that sends these frames again and again.</summary>
    internal static Flood OfFrames(GuardedSystem guarded, params byte[] frames) => new(guarded.Gateway, () => Upgrade(guarded), frames);

    /// <summary>A message that can be read, in fragments of one byte, masked with zeros.</summary>
    internal static byte[] Fragments(string message)
    {
        const byte Final = 0x80;
        const byte Text = 0x01;
        const byte OneByteMasked = 0x81;
        return [.. message.Select((letter, i) => (byte[])[(byte)((i == 0 ? Text : 0) | (i == message.Length - 1 ? Final : 0)), OneByteMasked, 0, 0, 0, 0, (byte)letter]).SelectMany(frame => frame)];
    }

    /// <summary>Somebody without any credential who sends this request again and again, and reads the answers when they come.</summary>
    internal static Flood OfRequests(Uri address, string request) => new(address, () => "", Encoding.ASCII.GetBytes(request));

    internal async Task RunAsync(TimeSpan duration)
    {
        var clock = Stopwatch.StartNew();
        using var pace = new PeriodicTimer(Reconnect);
        while (clock.Elapsed < duration && await pace.WaitForNextTickAsync(Ct))
        {
            using var client = new TcpClient { NoDelay = true };
            await client.ConnectAsync(_address.Host, _address.Port, Ct);
            if (await FloodAsync(client.GetStream(), clock, duration)) CutOffs++;
        }
    }

    /// <summary>True when the other side ended it.</summary>
    private async Task<bool> FloodAsync(NetworkStream stream, Stopwatch clock, TimeSpan duration)
    {
        var reading = Task.CompletedTask;
        try
        {
            if (_opening() is { Length: > 0 } opening)
            {
                await stream.WriteAsync(Encoding.ASCII.GetBytes(opening), Ct);
                Assert.StartsWith("HTTP/1.1 101", await HeadersAsync(stream), StringComparison.Ordinal);
            }

            reading = DrainAsync(stream);
            while (clock.Elapsed < duration)
            {
                // When it is cut off while it waits to write, it has been told so by the end of what it reads.
                await Task.WhenAny(stream.WriteAsync(_bytes, Ct).AsTask(), reading).Unwrap();
                if (reading.IsCompleted) return true;
                BytesSent += _bytes.Length;
            }

            return false;
        }
        catch (IOException)
        {
            return true;
        }
        finally
        {
            stream.Socket.Close();
            await reading.WaitAsync(Deadline, Ct);
        }
    }

    private static async Task<string> HeadersAsync(NetworkStream stream)
    {
        var heard = new StringBuilder();
        var one = new byte[1];
        while (!heard.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal) && await stream.ReadAsync(one, Ct) > 0) heard.Append((char)one[0]);
        return heard.ToString();
    }

    private static async Task DrainAsync(NetworkStream stream)
    {
        var buffer = new byte[64 * 1024];
        try
        {
            while (await stream.ReadAsync(buffer, Ct) > 0)
            {
                // Pongs, or answers.
            }
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException)
        {
            // Over.
        }
    }

    private static string Upgrade(GuardedSystem guarded)
    {
        var ticket = GuardedSystem.Ticket();
        return $"GET /acs/ws?ticket={Uri.EscapeDataString(guarded.Issue(ticket))} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
            + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
            + $"Authorization: {GuardedSystem.Bearer(guarded.Acs.MediaToken())}\r\nx-ms-call-correlation-id: {ticket.CorrelationId}\r\n\r\n";
    }
}
