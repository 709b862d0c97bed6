using System.Net;
using System.Security.Cryptography;
using Microsoft.Net.Http.Headers;

namespace VoiceBridge.MediaGateway.Sockets;

/// <summary>The client's side of a WebSocket's opening handshake (RFC 6455, 4.1), without sub-protocols and extensions.</summary>
internal static class ClientHandshake
{
    private const int KeyBytes = 16;

    /// <summary>The connection of a new WebSocket; fails with a <see cref="HandshakeException"/> when the server answers anything else.</summary>
    public static async Task<Stream> ConnectAsync(HttpMessageInvoker http, Uri uri, string headerName, string headerValue, CancellationToken cancellationToken)
    {
        var key = Convert.ToBase64String(RandomNumberGenerator.GetBytes(KeyBytes));
        using var request = new HttpRequestMessage(HttpMethod.Get, uri) { Version = HttpVersion.Version11, VersionPolicy = HttpVersionPolicy.RequestVersionExact };
        request.Headers.TryAddWithoutValidation(HeaderNames.Connection, HeaderNames.Upgrade);
        request.Headers.TryAddWithoutValidation(HeaderNames.Upgrade, ServerHandshake.Protocol);
        request.Headers.TryAddWithoutValidation(HeaderNames.SecWebSocketVersion, ServerHandshake.Version);
        request.Headers.TryAddWithoutValidation(HeaderNames.SecWebSocketKey, key);
        request.Headers.TryAddWithoutValidation(headerName, headerValue);
        var response = await http.SendAsync(request, cancellationToken).ConfigureAwait(false);
        try
        {
            if (response.StatusCode != HttpStatusCode.SwitchingProtocols)
                throw new HandshakeException($"The answer was status {(int)response.StatusCode}, not 101.", response);
            if (!IsAccepted(response, key))
                throw new HandshakeException("The answer is not that of a WebSocket server.", null);
            return await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            response.Dispose();
            throw;
        }
    }

    /// <summary>Nothing was asked for that a server may choose from.</summary>
    private static bool IsAccepted(HttpResponseMessage response, string key)
    {
        var headers = response.Headers;
        return headers.Connection.Contains(HeaderNames.Upgrade, StringComparer.OrdinalIgnoreCase)
            && headers.Upgrade.Count == 1 && headers.Upgrade.Single().Name.Equals(ServerHandshake.Protocol, StringComparison.OrdinalIgnoreCase)
            && headers.TryGetValues(HeaderNames.SecWebSocketAccept, out var answers) && answers.SequenceEqual([ServerHandshake.Answer(key)])
            && !headers.Contains(HeaderNames.SecWebSocketProtocol) && !headers.Contains(HeaderNames.SecWebSocketExtensions);
    }
}

/// <summary>A server does not open a WebSocket.</summary>
internal sealed class HandshakeException(string message, HttpResponseMessage? response) : IOException(message)
{
    /// <summary>Its answer; null when it was 101, and the rest not as it must be.</summary>
    public HttpStatusCode? Status { get; } = response?.StatusCode;

    /// <summary>When to come again, in its words.</summary>
    public string? RetryAfter { get; } = response is not null && response.Headers.TryGetValues(HeaderNames.RetryAfter, out var values) ? values.FirstOrDefault() : null;
}
