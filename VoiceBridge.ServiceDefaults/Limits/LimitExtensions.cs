using System.Net;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using VoiceBridge.ServiceDefaults.Access;
using VoiceBridge.ServiceDefaults.Telemetry;

namespace VoiceBridge.ServiceDefaults.Limits;

/// <summary>
/// Bounds of the HTTP endpoints: sizes and times by the server, requests per second by token buckets. Each entry has two: one for requests whose credential
/// matches, one for all others, which therefore take nothing from them.
/// </summary>
/// <remarks>Authenticated requests are not limited by address: they come from the few addresses of Azure.</remarks>
public static class LimitExtensions
{
    private const string Others = "http";
    private const int UnauthenticatedSecondsAtOnce = 4;
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(100);

    /// <summary>
    /// Gives requests to <paramref name="path"/> and below buckets of their own, called <paramref name="entry"/> in the metrics. The empty path is all that no
    /// other entry names.
    /// </summary>
    /// <param name="services">The services of the application.</param>
    /// <param name="path">Without a slash at its end.</param>
    /// <param name="entry">The name.</param>
    /// <param name="isAuthenticatedAsync">Whether a request brings a credential that matches. Asked before anything else is done for the request; null: all share one bucket.</param>
    /// <param name="unauthenticatedByAddress">Whether requests without such a credential have a bucket for each address: where people begin without one.</param>
    public static IServiceCollection AddLimitedEntry(
        this IServiceCollection services, string path, string entry, Func<HttpContext, ValueTask<bool>>? isAuthenticatedAsync = null, bool unauthenticatedByAddress = false) =>
        services.AddSingleton(new LimitedEntry(path, entry, isAuthenticatedAsync, unauthenticatedByAddress));

    /// <summary>Leaves requests to <paramref name="path"/> to the bounds that its endpoint keeps itself.</summary>
    public static IServiceCollection AddUnlimitedEntry(this IServiceCollection services, string path) =>
        services.Configure<LimitOptions>(options => options.Unlimited.Add(path));

    internal static void AddLimits(this IHostApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddOptions<LimitOptions>().BindConfiguration(LimitOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddOptions<KestrelServerOptions>().Configure<IOptions<LimitOptions>>((kestrel, limits) => Bound(kestrel, limits.Value));
        // What is left is for operators and their programs.
        services.AddLimitedEntry("", Others, context => new(context.RequestServices.GetRequiredService<OpsAccess>().IsAuthenticated(context)));
        services.AddRateLimiter(_ => { });
        services.AddOptions<RateLimiterOptions>().Configure<IOptions<LimitOptions>>((limiter, limits) =>
        {
            limiter.GlobalLimiter = PartitionedRateLimiter.Create<HttpContext, Bucket>(context => Partition(context.Features.Get<Bucket>(), limits.Value));
            limiter.RejectionStatusCode = StatusCodes.Status429TooManyRequests;
            limiter.OnRejected = (rejected, _) =>
            {
                var bucket = rejected.HttpContext.Features.Get<Bucket>();
                VoiceBridgeTelemetry.Refusals.Add(1, new("entry", bucket?.Entry), new("reason", bucket is { Authenticated: false } ? "too_many_unauthenticated" : "too_many"));
                rejected.HttpContext.Response.Headers.RetryAfter = "1";
                // Requests that are pipelined behind this one are not read.
                if (bucket is { Authenticated: false }) rejected.HttpContext.Response.Headers.Connection = "close";
                return ValueTask.CompletedTask;
            };
        });
        services.AddSingleton<IStartupFilter, RateLimiterFirst>();
    }

    private static void Bound(KestrelServerOptions kestrel, LimitOptions limits)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxRequestHeadersTotalSize = limits.HeaderBytes;
        kestrel.Limits.MaxRequestLineSize = limits.RequestLineBytes;
        kestrel.Limits.MaxRequestBodySize = limits.BodyBytes;
        kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(limits.HeaderSeconds);
        kestrel.Limits.KeepAliveTimeout = TimeSpan.FromSeconds(limits.IdleSeconds);
        kestrel.Limits.MaxConcurrentConnections = limits.Connections;
        // Upgraded connections leave the first count and enter this one.
        kestrel.Limits.MaxConcurrentUpgradedConnections = limits.Connections;
    }

    private static RateLimitPartition<Bucket> Partition(Bucket? bucket, LimitOptions limits) => bucket switch
    {
        null => RateLimitPartition.GetNoLimiter(new Bucket("", Authenticated: true)),
        { Authenticated: true } => RateLimitPartition.GetTokenBucketLimiter(bucket, _ => Tokens(limits.RequestsPerSecond, limits.Burst, limits.Waiting)),
        _ => RateLimitPartition.GetTokenBucketLimiter(bucket, _ => Tokens(limits.UnauthenticatedPerSecond, limits.UnauthenticatedPerSecond * UnauthenticatedSecondsAtOnce, 0)),
    };

    private static TokenBucketRateLimiterOptions Tokens(int perSecond, int atOnce, int waiting) => new()
    {
        TokenLimit = atOnce,
        TokensPerPeriod = Math.Max(1, (int)(perSecond * Period.TotalSeconds)),
        ReplenishmentPeriod = Period,
        QueueLimit = waiting,
        QueueProcessingOrder = QueueProcessingOrder.OldestFirst,
    };

    /// <summary>Which bucket a request's token comes from.</summary>
    private sealed record Bucket(string Entry, bool Authenticated, IPAddress? Address = null);

    /// <summary>Before everything that a service adds itself: a refusal costs authentication, but no routing and no reading of the body.</summary>
    private sealed class RateLimiterFirst(IOptions<LimitOptions> limits, IEnumerable<LimitedEntry> entries) : IStartupFilter
    {
        // The longest path first; of equal ones the later, a service's own, before the default.
        private readonly LimitedEntry[] _entries = [.. entries.Reverse().OrderByDescending(entry => entry.Path.Value?.Length ?? 0)];

        public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
        {
            app.Use(ChooseBucketAsync);
            app.UseRateLimiter();
            next(app);
        };

        private async Task ChooseBucketAsync(HttpContext context, RequestDelegate next)
        {
            var path = context.Request.Path;
            if (!limits.Value.Unlimited.Any(unlimited => path.StartsWithSegments(unlimited)))
            {
                var entry = _entries.First(entry => path.StartsWithSegments(entry.Path));
                var authenticated = entry.IsAuthenticatedAsync is not { } isAuthenticated || await isAuthenticated(context);
                context.Features.Set(new Bucket(entry.Name, authenticated, !authenticated && entry.UnauthenticatedByAddress ? context.Connection.RemoteIpAddress : null));
            }

            await next(context);
        }
    }
}
