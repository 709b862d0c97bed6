using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace VoiceBridge.System.Tests.Trust;

/// <summary>
/// Thousands of connections by people without a ticket, all open at once: some say nothing, some send half a request byte by byte, and some
/// ask for a socket, are refused, and stay. Each is ended by the other side, in its time.
/// </summary>
internal static class HalfOpenSockets
{
    private const int Count = 2_100;
    private const int AtOnce = 100;
    private const string Start = "GET /acs/ws?ticket=x HTTP/1.1\r\nHost: x\r\n";
    private const string Upgrade = Start + "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
    private static readonly TimeSpan Drip = TimeSpan.FromMilliseconds(200);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>Both ends of each connection are in this process. The runtime has raised the soft limit to the hard one by now.</summary>
    internal static void SkipWithoutDescriptors(int connections = Count)
    {
        if (!OperatingSystem.IsLinux()) return;
        const string Name = "Max open files";
        var limit = File.ReadLines("/proc/self/limits").First(line => line.StartsWith(Name, StringComparison.Ordinal))[Name.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries)[0];
        var enough = limit == "unlimited" || int.Parse(limit, CultureInfo.InvariantCulture) >= 3 * connections;
        Assert.SkipUnless(enough, $"{3 * connections} file descriptors are needed: ulimit -n says {limit}.");
    }

    /// <summary>Opens all of them, and waits until all have been ended.</summary>
    internal static async Task TryAsync(Uri address, TimeSpan deadline)
    {
        var clients = new List<TcpClient>(Count);
        try
        {
            var ends = new List<Task>(Count);
            while (clients.Count < Count)
            {
                TcpClient[] wave = [.. Enumerable.Range(0, AtOnce).Select(_ => new TcpClient())];
                clients.AddRange(wave);
                await Task.WhenAll(wave.Select(client => client.ConnectAsync(address.Host, address.Port, Ct).AsTask()));
                ends.AddRange(wave.Select((client, i) => (i % 3) switch
                {
                    0 => EndAsync(client, "", ""),
                    1 => DripAsync(client),
                    _ => EndAsync(client, Upgrade, "HTTP/1.1 401"),
                }));
            }

            await Task.WhenAll(ends).WaitAsync(deadline, Ct);
        }
        finally
        {
            foreach (var client in clients) client.Dispose();
        }
    }

    /// <summary>A header that never ends.</summary>
    private static async Task DripAsync(TcpClient client)
    {
        var end = EndAsync(client, Start + "X-Slow: ", "HTTP/1.1 408");
        using var timer = new PeriodicTimer(Drip);
        try
        {
            while (!end.IsCompleted && await timer.WaitForNextTickAsync(Ct)) await client.GetStream().WriteAsync("x"u8.ToArray(), Ct);
        }
        catch (IOException)
        {
            // Cut off while writing.
        }

        await end;
    }

    /// <summary>Sends this and reads until the other side ends the connection, which is how it must answer first.</summary>
    private static async Task EndAsync(TcpClient client, string text, string answer)
    {
        var stream = client.GetStream();
        var buffer = new byte[1024];
        var heard = new StringBuilder();
        try
        {
            await stream.WriteAsync(Encoding.ASCII.GetBytes(text), Ct);
            for (int read; (read = await stream.ReadAsync(buffer, Ct)) > 0;) heard.Append(Encoding.ASCII.GetString(buffer, 0, read));
        }
        catch (IOException)
        {
            // Reset: there were bytes that it had not read.
        }

        Assert.StartsWith(answer, heard.ToString(), StringComparison.Ordinal);
        if (answer.Length == 0) Assert.Equal("", heard.ToString());
    }
}
