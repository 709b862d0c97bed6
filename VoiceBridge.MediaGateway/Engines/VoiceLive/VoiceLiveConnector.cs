using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using Microsoft.Extensions.Options;
using VoiceBridge.Cluster.Admission;
using VoiceBridge.MediaGateway.Configuration;
using VoiceBridge.MediaGateway.Sockets;

namespace VoiceBridge.MediaGateway.Engines.VoiceLive;

/// <summary>A connected socket, or why there is none.</summary>
internal readonly record struct VoiceLiveConnection(MediaSocket? Socket, string Endpoint, SessionTarget? Target, string? Failure);

/// <summary>Opens sockets to Voice Live: chooses the endpoint, keeps to its budget, and goes to the next one when it fails.</summary>
internal sealed partial class VoiceLiveConnector : IDisposable
{
    /// <summary>Why a gateway without endpoints takes no calls.</summary>
    public const string NoEndpoint = "no Voice Live endpoint: set VoiceLive:Endpoints:0:Name, Url and Model";

    private static readonly TimeSpan BudgetDeadline = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan BudgetPause = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan BudgetPatience = TimeSpan.FromSeconds(2);

    // More than a TLS handshake with its certificates and the answer to the upgrade take.
    private const int UpgradeWaits = 32;

    private static readonly TimeSpan Slow = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan MinRetryAfter = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan MaxRetryAfter = TimeSpan.FromMinutes(5);

    private readonly VoiceLiveEndpoint[] _endpoints;
    private readonly VoiceLiveCredential _credential;
    private readonly VoiceLiveBudget _budget;
    private readonly TimeProvider _time;
    private readonly ILogger<VoiceLiveConnector> _logger;
    private readonly MediaOptions _media;
    private readonly HttpMessageInvoker _invoker;

    public VoiceLiveConnector(IOptions<VoiceLiveOptions> options, IOptions<MediaOptions> media, VoiceLiveCredential credential,
        VoiceLiveBudget budget, TimeProvider time, ILogger<VoiceLiveConnector> logger)
    {
        _endpoints = [.. options.Value.Endpoints.Select(endpoint => new VoiceLiveEndpoint(endpoint, options.Value.ApiVersion, time))];
        (_credential, _budget, _time, _logger) = (credential, budget, time, logger);
        _media = media.Value;
        // One handler for all sessions: making one for each would read the proxy settings and the certificates each time.
        var handler = PoolThreads.Handler(UpgradeWaits);
        (handler.UseCookies, handler.AllowAutoRedirect) = (false, false);
        _invoker = new HttpMessageInvoker(handler);
    }

    public IReadOnlyList<VoiceLiveEndpoint> Endpoints => _endpoints;

    /// <summary>Tries until a socket is open or <paramref name="cancellationToken"/> ends it. <paramref name="reserved"/> names the endpoint
    /// on whose budget the call was admitted; <paramref name="wanted"/> is what the call's agent wants instead of the endpoint's own model or agent.
    /// With <paramref name="urgent"/>, for a caller in the middle of a conversation, an endpoint is asked beyond its budget when nothing gets free: the
    /// budget is only our own reckoning, and without a session the call would end for certain. <paramref name="avoid"/> names an endpoint that has just
    /// failed the call: it is asked last.</summary>
    public async Task<VoiceLiveConnection> ConnectAsync(
        SessionTarget? wanted, string? reserved, bool urgent, string? avoid, CancellationToken cancellationToken)
    {
        var started = _time.GetTimestamp();
        var patience = BudgetPatience;
        var failure = _endpoints.Length == 0 ? "no VoiceLive:Endpoints configured" : "no budget";
        try
        {
            while (_endpoints.Length > 0)
            {
                var overdraw = urgent && _time.GetElapsedTime(started) >= patience;
                if (overdraw)
                    patience += BudgetPatience;
                foreach (var endpoint in InOrder(reserved, overdraw, avoid))
                {
                    var taken = endpoint.Name == reserved || await TryTakeAsync(endpoint, endpoint.ConnectionsPerMinute, cancellationToken);
                    if (!taken && !overdraw)
                        continue;
                    reserved = null;
                    endpoint.CountConnect();
                    var target = wanted ?? endpoint.Target;
                    var (socket, why) = await TryConnectAsync(endpoint, target, overdrawn: !taken, cancellationToken);
                    if (socket is not null && !taken)
                        await TryTakeAsync(endpoint, int.MaxValue, CancellationToken.None);
                    if (socket is not null)
                        return new VoiceLiveConnection(socket, endpoint.Name, target, null);
                    failure = why ?? failure;
                }
                await Task.Delay(BudgetPause, _time, cancellationToken);
            }
        }
        catch (OperationCanceledException)
        {
            // The deadline: what failed last says more than that.
        }
        return new VoiceLiveConnection(null, "", null, failure);
    }

    /// <summary>The endpoint accepts connections and serves no session.</summary>
    public void Blame(string endpoint) => Array.Find(_endpoints, known => known.Name == endpoint)?.Failed(null);

    public void Dispose() => _invoker.Dispose();

    private VoiceLiveEndpoint[] InOrder(string? reserved, bool overdraw, string? avoid) =>
    [
        .. _endpoints
            .Where(endpoint => endpoint.Healthy && (overdraw || endpoint.Headroom > 0 || endpoint.Name == reserved))
            .OrderBy(endpoint => endpoint.Name == avoid)
            .ThenByDescending(endpoint => endpoint.Name == reserved)
            .ThenByDescending(endpoint => endpoint.Headroom),
    ];

    /// <summary>From the cluster's budget; while Redis is away this gateway's own count must do.</summary>
    private async Task<bool> TryTakeAsync(VoiceLiveEndpoint endpoint, int perMinute, CancellationToken cancellationToken)
    {
        try
        {
            return await _budget.TryTakeAsync(endpoint.Name, perMinute, cancellationToken)
                .WaitAsync(BudgetDeadline, _time, cancellationToken);
        }
        catch (Exception) when (!cancellationToken.IsCancellationRequested)
        {
            return true;
        }
    }

    private async Task<(MediaSocket? Socket, string? Failure)> TryConnectAsync(
        VoiceLiveEndpoint endpoint, SessionTarget target, bool overdrawn, CancellationToken cancellationToken)
    {
        var started = _time.GetTimestamp();
        try
        {
            var (name, value) = string.IsNullOrEmpty(endpoint.Key)
                ? ("Authorization", $"Bearer {await _credential.GetTokenAsync(cancellationToken)}")
                : ("api-key", endpoint.Key);
            var uri = endpoint.SessionUri(target);
            var stream = await ClientHandshake.ConnectAsync(_invoker, uri, name, value, cancellationToken);
            endpoint.Succeeded();
            var isTls = uri.Scheme == Uri.UriSchemeWss;
            var keepAlive = TimeSpan.FromSeconds(_media.KeepAliveSeconds);
            return (new MediaSocket(stream, isServer: false, isTls && _media.WaitWithoutBuffer, FrameLimits.None, keepAlive, _time), null);
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException or SocketException
            or OperationCanceledException or Azure.RequestFailedException or Azure.Identity.AuthenticationFailedException)
        {
            var refusal = exception as HandshakeException;
            var why = refusal?.Status is { } status ? $"status {(int)status}" : exception is OperationCanceledException ? "no answer in time" : exception.GetType().Name;
            // A call that ended while it was connecting says nothing about the endpoint, nor does one that was beyond its budget.
            var throttled = overdrawn && refusal?.Status == HttpStatusCode.TooManyRequests;
            if (!throttled && (exception is not OperationCanceledException || _time.GetElapsedTime(started) >= Slow))
                endpoint.Failed(RetryAfter(refusal?.RetryAfter, _time.GetUtcNow()));
            Log.ConnectFailed(_logger, endpoint.Name, why, exception.Message);
            cancellationToken.ThrowIfCancellationRequested();
            return (null, $"{endpoint.Name}: {why}");
        }
    }

    /// <summary>Seconds or an HTTP date (RFC 9110, 10.2.3), between a second and five minutes; null when it is neither.</summary>
    internal static TimeSpan? RetryAfter(string? value, DateTimeOffset now)
    {
        if (!RetryConditionHeaderValue.TryParse(value, out var parsed))
            return null;
        var wait = parsed.Delta ?? parsed.Date - now ?? MinRetryAfter;
        return wait < MinRetryAfter ? MinRetryAfter : wait > MaxRetryAfter ? MaxRetryAfter : wait;
    }

    private static partial class Log
    {
        [LoggerMessage(2101, LogLevel.Warning, "Voice Live endpoint {Endpoint} did not open a session: {Why} ({Detail})")]
        public static partial void ConnectFailed(ILogger logger, string endpoint, string why, string detail);
    }
}
