using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;

namespace VoiceBridge.RelayBench.Cloud;

/// <summary>Ends TLS for the generator, which speaks none, and hands the bytes on to <see cref="Target"/>.</summary>
internal sealed class TlsFront(int port, X509Certificate2 certificate)
{
    /// <summary>The generator's port on this machine.</summary>
    public int Target { get; set; }

    public async Task RunAsync()
    {
        using var listener = new TcpListener(IPAddress.Loopback, port);
        listener.Start(backlog: 512);
        while (true) _ = ServeAsync(await listener.AcceptTcpClientAsync());
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                client.NoDelay = true;
                await using var outside = new SslStream(client.GetStream());
                await outside.AuthenticateAsServerAsync(certificate);
                using var agents = new TcpClient { NoDelay = true };
                await agents.ConnectAsync(IPAddress.Loopback, Target);
                await Task.WhenAny(outside.CopyToAsync(agents.GetStream()), agents.GetStream().CopyToAsync(outside));
            }
            catch (Exception exception) when (exception is IOException or SocketException)
            {
                // One end is gone, and with it this connection.
            }
        }
    }
}
