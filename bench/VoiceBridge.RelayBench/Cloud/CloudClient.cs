using System.Globalization;
using VoiceBridge.RelayBench.Load;
using VoiceBridge.RelayBench.Wire;

namespace VoiceBridge.RelayBench.Cloud;

/// <summary>The <see cref="CloudHost"/> as the measuring side sees it.</summary>
internal sealed class CloudClient(int port, string certificateFile)
{
    private static readonly HttpClient Http = new();

    public string Plain => $"http://127.0.0.1:{port}";

    public string OpenIdDocument => $"https://localhost:{port + 1}/openid";

    /// <summary>For SSL_CERT_FILE.</summary>
    public string CertificateFile => certificateFile;

    public static string KeyFileOf(string certificateFile) => certificateFile + ".key";

    /// <summary>The certificate, for an end of this process.</summary>
    public TlsContext Tls() => new(certificateFile, KeyFileOf(certificateFile));

    /// <summary>A token as the phone side signs them.</summary>
    public string Token() => Ask("token");

    /// <summary>
    /// Has <paramref name="calls"/> calls ring at <paramref name="webhook"/>, evenly within a time from now on, and announces each media socket that an
    /// answer asks for. The task ends when all are answered, with what each answer took in milliseconds, in the order of the calls.
    /// </summary>
    public async Task<IReadOnlyList<double>> RingAsync(Uri webhook, int calls, TimeSpan within, AnnouncedArrivals arrivals, CancellationToken stopping)
    {
        var query = FormattableString.Invariant($"?webhook={Uri.EscapeDataString(webhook.AbsoluteUri)}&calls={calls}&milliseconds={within.TotalMilliseconds:F0}");
        using var response = await Http.SendAsync(new HttpRequestMessage(HttpMethod.Get, new Uri(Plain + "/phone/ring" + query)), HttpCompletionOption.ResponseHeadersRead, stopping);
        using var lines = new StreamReader(await response.EnsureSuccessStatusCode().Content.ReadAsStreamAsync(stopping));
        var took = new SortedDictionary<int, double>();
        while (await lines.ReadLineAsync(stopping) is { } line)
        {
            var answer = AnsweredCall.Parse(line);
            took[answer.Number] = answer.Milliseconds;
            arrivals.Announce(new CallerRequest(answer.Media.Port, answer.Media.PathAndQuery, answer.Headers));
        }

        return [.. took.Values];
    }

    private string Ask(string path) => Http.GetStringAsync(new Uri($"{Plain}/{path}")).GetAwaiter().GetResult();
}

/// <summary>A call that CallControl has answered: where its media goes.</summary>
internal sealed record AnsweredCall(int Number, double Milliseconds, Uri Media, string ConnectionId, string CorrelationId, string Token)
{
    public string[] Headers => [$"x-ms-call-connection-id: {ConnectionId}", $"x-ms-call-correlation-id: {CorrelationId}", $"Authorization: Bearer {Token}"];

    public static AnsweredCall Parse(string line)
    {
        var fields = line.Split(' ');
        return new(int.Parse(fields[0], CultureInfo.InvariantCulture), double.Parse(fields[1], CultureInfo.InvariantCulture), new Uri(fields[2]), fields[3], fields[4], fields[5]);
    }

    public override string ToString() => FormattableString.Invariant($"{Number} {Milliseconds:F3} {Media.AbsoluteUri} {ConnectionId} {CorrelationId} {Token}");
}
