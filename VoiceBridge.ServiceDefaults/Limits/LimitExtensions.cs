using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using VoiceBridge.ServiceDefaults.Telemetry;

namespace VoiceBridge.ServiceDefaults.Limits;

/// <summary>Bounds of the HTTP endpoints: sizes and times by the server, requests per second by a token bucket for each entry.</summary>
/// <remarks>Not by address: everything that matters comes from the few addresses of Azure.</remarks>
public static class LimitExtensions
{
    private const string Others = "http";
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(100);

    /// <summary>Gives requests to <paramref name="path"/> and below a bucket of their own, called <paramref name="entry"/> in the metrics.</summary>
    public static IServiceCollection AddLimitedEntry(this IServiceCollection services, string path, string entry) =>
        services.Configure<LimitOptions>(options => options.Entries[path] = entry);

    /// <summary>Leaves requests to <paramref name="path"/> to the bounds that its endpoint keeps itself.</summary>
    public static IServiceCollection AddUnlimitedEntry(this IServiceCollection services, string path) =>
        services.Configure<LimitOptions>(options => options.Unlimited.Add(path));

    internal static void AddLimits(this IHostApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddOptions<LimitOptions>().BindConfiguration(LimitOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddOptions<KestrelServerOptions>().Configure<IOptions<LimitOptions>>((kestrel, limits) => Bound(kestrel, limits.Value));
        services.AddRateLimiter(_ => { });
        services.AddOptions<RateLimiterOptions>().Configure<IOptions<LimitOptions>>((limiter, limits) =>
        {
            limiter.GlobalLimiter = PartitionedRateLimiter.Create<HttpContext, string>(context => Partition(context, limits.Value));
            limiter.RejectionStatusCode = StatusCodes.Status429TooManyRequests;
            limiter.OnRejected = (rejected, _) =>
            {
                VoiceBridgeTelemetry.Refusals.Add(1, new("entry", EntryOf(rejected.HttpContext.Request.Path, limits.Value)), new("reason", "too_many"));
                rejected.HttpContext.Response.Headers.RetryAfter = "1";
                return ValueTask.CompletedTask;
            };
        });
        services.AddSingleton<IStartupFilter, Early>();
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

    private static RateLimitPartition<string> Partition(HttpContext context, LimitOptions limits)
    {
        var path = context.Request.Path;
        foreach (var unlimited in limits.Unlimited)
        {
            if (path.StartsWithSegments(unlimited)) return RateLimitPartition.GetNoLimiter("");
        }

        return RateLimitPartition.GetTokenBucketLimiter(EntryOf(path, limits), _ => new TokenBucketRateLimiterOptions
        {
            TokenLimit = limits.Burst,
            TokensPerPeriod = Math.Max(1, (int)(limits.RequestsPerSecond * Period.TotalSeconds)),
            ReplenishmentPeriod = Period,
            QueueLimit = limits.Waiting,
            QueueProcessingOrder = QueueProcessingOrder.OldestFirst,
        });
    }

    private static string EntryOf(PathString path, LimitOptions limits)
    {
        foreach (var (prefix, entry) in limits.Entries)
        {
            if (path.StartsWithSegments(prefix)) return entry;
        }

        return Others;
    }

    /// <summary>Before everything that a service adds itself: a refusal costs no routing, no authentication, no reading.</summary>
    private sealed class Early : IStartupFilter
    {
        public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
        {
            app.UseRateLimiter();
            next(app);
        };
    }
}
