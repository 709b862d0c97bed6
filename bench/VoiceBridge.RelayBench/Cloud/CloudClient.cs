namespace VoiceBridge.RelayBench.Cloud;

/// <summary>The <see cref="CloudHost"/> as the measuring side sees it.</summary>
internal sealed class CloudClient(int port, string certificateFile)
{
    private static readonly HttpClient Http = new();

    public string Plain => $"http://127.0.0.1:{port}";

    public string OpenIdDocument => $"https://localhost:{port + 1}/openid";

    public string TlsAgents => $"wss://localhost:{port + 2}/";

    /// <summary>For SSL_CERT_FILE.</summary>
    public string CertificateFile => certificateFile;

    /// <summary>A token as the phone side signs them.</summary>
    public string Token() => Ask("token");

    /// <summary>Where TLS connections to the agents go from now on.</summary>
    public void Front(int upstreamPort) => Ask($"agents/{upstreamPort}");

    private string Ask(string path) => Http.GetStringAsync(new Uri($"{Plain}/{path}")).GetAwaiter().GetResult();
}
