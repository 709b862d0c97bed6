using System.Net;
using System.Threading.RateLimiting;
using Microsoft.Extensions.Options;
using VoiceBridge.ServiceDefaults.Telemetry;

namespace VoiceBridge.MediaGateway.Connections;

/// <summary>
/// A token bucket for each address that probes. By address, so that a stranger's flood takes nothing from the platform's own probes, which do not come
/// through the ingress.
/// </summary>
internal sealed class ProbeLimiter(IOptions<GatewayOptions> options) : IDisposable
{
    private const int SecondsAtOnce = 4;
    private static readonly PathString[] Paths = ["/alive", "/ready", "/health"];

    private readonly PartitionedRateLimiter<IPAddress> _buckets = PartitionedRateLimiter.Create<IPAddress, IPAddress>(address =>
        RateLimitPartition.GetTokenBucketLimiter(address, _ => new TokenBucketRateLimiterOptions
        {
            TokenLimit = options.Value.ProbesPerSecond * SecondsAtOnce,
            TokensPerPeriod = options.Value.ProbesPerSecond,
            ReplenishmentPeriod = TimeSpan.FromSeconds(1),
        }));

    public void Dispose() => _buckets.Dispose();

    public Task RunAsync(HttpContext context, RequestDelegate next)
    {
        if (!Array.Exists(Paths, path => context.Request.Path.StartsWithSegments(path)))
            return next(context);
        using var lease = _buckets.AttemptAcquire(context.Connection.RemoteIpAddress ?? IPAddress.None);
        if (lease.IsAcquired)
            return next(context);
        VoiceBridgeTelemetry.Refusals.Add(1, new("entry", "probe"), new("reason", "too_many"));
        context.Response.StatusCode = StatusCodes.Status429TooManyRequests;
        context.Response.Headers.RetryAfter = "1";
        // Requests that are pipelined behind this one are not read.
        context.Response.Headers.Connection = "close";
        return Task.CompletedTask;
    }
}

internal static class ProbeLimiterExtensions
{
    /// <summary>Before everything that answers a probe.</summary>
    public static void UseProbeLimits(this WebApplication app)
    {
        var limiter = app.Services.GetRequiredService<ProbeLimiter>();
        app.Use(limiter.RunAsync);
    }
}
