using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Http.Resilience;
using Microsoft.Extensions.Logging;
using VoiceBridge.ServiceDefaults.Access;
using VoiceBridge.ServiceDefaults.Ingress;
using VoiceBridge.ServiceDefaults.Limits;
using VoiceBridge.ServiceDefaults.Privacy;
using VoiceBridge.ServiceDefaults.Telemetry;
using VoiceBridge.ServiceDefaults.WarmUp;

namespace VoiceBridge.ServiceDefaults.Hosting;

/// <summary>What every service does the same way: telemetry, liveness, resilient HTTP, service discovery, access, limits, privacy.</summary>
public static class ServiceDefaultsExtensions
{
    private const string Live = "live";

    /// <summary>Adds what every VoiceBridge service has. <paramref name="serviceName"/> is its name in telemetry, e.g. <c>mediagateway</c>.</summary>
    public static IHostApplicationBuilder AddServiceDefaults(this IHostApplicationBuilder builder, string serviceName)
    {
        ArgumentNullException.ThrowIfNull(builder);

        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.AddTelemetry(serviceName);
        // Why it does not start is thrown as well, and said by whoever runs it (ServiceProcess); what ends a running service is critical.
        builder.Logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.Critical);
        builder.Services.AddHealthChecks().AddCheck("self", () => HealthCheckResult.Healthy(), [Live]);
        builder.Services.AddServiceDiscovery();
        builder.Services.ConfigureHttpClientDefaults(http =>
        {
            // A POST that was carried out and whose reply was lost would be carried out twice.
            http.AddStandardResilienceHandler(options => options.Retry.DisableForUnsafeHttpMethods());
            http.AddServiceDiscovery();
        });

        builder.Services.TryAddSingleton<Refusals>();
        builder.AddIngress();
        builder.AddLimits();
        builder.AddCallerIdPrivacy();
        builder.AddOpsAccess();
        builder.AddProductionGuard();
        builder.Services.AddOptions<WarmUpOptions>().BindConfiguration(WarmUpOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        return builder;
    }

    /// <summary>Maps <c>/alive</c>: 200 while the process can answer at all. Readiness and <c>/health</c> are each service's own.</summary>
    public static WebApplication MapDefaultEndpoints(this WebApplication app)
    {
        ArgumentNullException.ThrowIfNull(app);
        app.MapHealthChecks("/alive", new HealthCheckOptions { Predicate = check => check.Tags.Contains(Live) });
        return app;
    }
}
