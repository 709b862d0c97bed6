using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Options;
using VoiceBridge.History.Webhooks;

namespace VoiceBridge.CallControl.EndedCalls.Webhooks;

/// <summary>
/// Posts events. The address that a receiver's name stands for is looked at when the connection is opened, not before, so that no name leads into our own network by
/// changing what it stands for. Redirects are not followed, proxies not used, answers not read.
/// </summary>
internal sealed class WebhookClient : IDisposable
{
    private const int MaxHeaderKilobytes = 16;
    private static readonly TimeSpan ConnectionLifetime = TimeSpan.FromMinutes(2);

    private readonly HttpClient _http;
    private readonly WebhookOptions _options;
    private readonly TimeProvider _time;
    private readonly Func<string, CancellationToken, Task<IPAddress[]>> _resolve;

    public WebhookClient(IOptions<WebhookOptions> options, TimeProvider time)
        : this(options, time, Dns.GetHostAddressesAsync)
    {
    }

    /// <summary>With names that are resolved otherwise.</summary>
    internal WebhookClient(IOptions<WebhookOptions> options, TimeProvider time, Func<string, CancellationToken, Task<IPAddress[]>> resolve)
    {
        (_options, _time, _resolve) = (options.Value, time, resolve);
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false, UseProxy = false, UseCookies = false, ConnectTimeout = _options.Timeout, MaxResponseHeadersLength = MaxHeaderKilobytes,
            PooledConnectionLifetime = ConnectionLifetime, ConnectCallback = ConnectAsync,
        };
        _http = new HttpClient(handler) { Timeout = _options.Timeout };
        _http.DefaultRequestHeaders.UserAgent.ParseAdd("VoiceBridge");
    }

    /// <summary>One try, which is over after <c>Webhooks:Timeout</c>.</summary>
    public async Task<WebhookResult> SendAsync(Uri url, HttpContent content, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, url) { Content = content };
        try
        {
            using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            if (response.IsSuccessStatusCode) return WebhookResult.Delivered;
            var status = (int)response.StatusCode;
            return response.StatusCode == HttpStatusCode.Gone
                ? WebhookResult.Gone
                : WebhookResult.Failed(status is >= 300 and < 400 ? $"answered {status}; redirects are not followed" : $"answered {status}", RetryAfter(response));
        }
        catch (HttpRequestException exception)
        {
            return WebhookResult.Failed(exception.GetBaseException().Message, null);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return WebhookResult.Failed($"no answer within {_options.Timeout.TotalSeconds:0} s", null);
        }
    }

    public void Dispose() => _http.Dispose();

    private TimeSpan? RetryAfter(HttpResponseMessage response) => response.Headers.RetryAfter switch
    {
        { Delta: { } delta } => delta,
        { Date: { } date } => date - _time.GetUtcNow(),
        _ => null,
    };

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var (host, port) = (context.DnsEndPoint.Host, context.DnsEndPoint.Port);
        var addresses = IPAddress.TryParse(host, out var literal) ? [literal] : await _resolve(host, cancellationToken);
        var allowed = _options.AllowPrivate ? addresses : [.. addresses.Where(PublicAddress.Is)];
        if (allowed.Length == 0) throw new HttpRequestException(HttpRequestError.ConnectionError, $"{host} has no public address (Webhooks:AllowPrivate)");
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(allowed, port, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
