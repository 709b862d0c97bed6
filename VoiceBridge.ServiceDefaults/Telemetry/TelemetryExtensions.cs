using System.Reflection;
using Azure.Monitor.OpenTelemetry.Exporter;
using Microsoft.Extensions.Configuration.Memory;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OpenTelemetry;
using OpenTelemetry.Instrumentation.AspNetCore;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace VoiceBridge.ServiceDefaults.Telemetry;

/// <summary>Logs, metrics and traces of a service, to whatever OTLP receiver or Application Insights the environment names.</summary>
public static class TelemetryExtensions
{
    // What the framework and the clients say at Information is about each request and each connection: an idle cluster would fill pages with it.
    // Defaults only: Logging:LogLevel:<category> overrides them.
    private static readonly Dictionary<string, string?> Levels = new()
    {
        ["Logging:LogLevel:Microsoft.AspNetCore"] = nameof(LogLevel.Warning),
        ["Logging:LogLevel:Polly"] = nameof(LogLevel.Warning),
        // An error with its stack for each attempt to reconnect: RedisConnectionLog says it once.
        ["Logging:LogLevel:StackExchange.Redis"] = nameof(LogLevel.None),
    };

    /// <summary>
    /// Makes no span of its own for requests to <paramref name="path"/> and below: the spans of the call that they are about say more, and stand in that call's trace.
    /// </summary>
    public static IServiceCollection AddUntracedEntry(this IServiceCollection services, string path) =>
        services.Configure<TracingOptions>(options => options.Untraced.Add(path));

    internal static void AddTelemetry(this IHostApplicationBuilder builder, string serviceName)
    {
        builder.Configuration.Sources.Insert(0, new MemoryConfigurationSource { InitialData = Levels });
        // These two print query strings, and with them tickets and webhook keys: no setting turns them on.
        builder.Logging.AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.Warning);
        builder.Logging.AddFilter("System.Net.Http.HttpClient", LogLevel.Warning);
        // JSON escapes control characters: text of a request cannot steer a terminal or forge a line.
        if (!builder.Environment.IsDevelopment())
            builder.Logging.AddJsonConsole(console => console.IncludeScopes = true);
        builder.Logging.AddOpenTelemetry(logging =>
        {
            logging.IncludeFormattedMessage = true;
            logging.IncludeScopes = true;
        });

        builder.Services.AddUntracedEntry("/alive").AddUntracedEntry("/ready").AddUntracedEntry("/health");
        builder.Services.AddOptions<AspNetCoreTraceInstrumentationOptions>().Configure<IOptions<TracingOptions>>((instrumentation, tracing) =>
            instrumentation.Filter = context => !tracing.Value.Untraced.Any(path => context.Request.Path.StartsWithSegments(path)));

        var telemetry = builder.Services.AddOpenTelemetry()
            // One id for logs, metrics and traces. What the environment says (OTEL_RESOURCE_ATTRIBUTES) comes last and wins: so Aspire knows its replicas.
            .ConfigureResource(resource => resource.AddService(serviceName, serviceVersion: Version).AddEnvironmentVariableDetector())
            .WithMetrics(metrics => metrics
                .AddMeter(VoiceBridgeTelemetry.Name)
                .AddAspNetCoreInstrumentation()
                .AddHttpClientInstrumentation()
                .AddRuntimeInstrumentation())
            .WithTracing(tracing => tracing
                .AddSource(VoiceBridgeTelemetry.Name)
                // Query strings hold webhook keys and tickets. The instrumentation redacts them, but Aspire sets the variable that tells it not to.
                .AddAspNetCoreInstrumentation(options => options.EnrichWithHttpRequest = (activity, _) => activity.SetTag("url.query", null))
                // Of an address only the host: a tool's path holds what the model made of a caller's words.
                .AddHttpClientInstrumentation(options => options.EnrichWithHttpRequestMessage = (activity, request) =>
                    activity.SetTag("url.full", request.RequestUri?.GetLeftPart(UriPartial.Authority))));

        if (!string.IsNullOrWhiteSpace(builder.Configuration["OTEL_EXPORTER_OTLP_ENDPOINT"]))
            telemetry.UseOtlpExporter();
        if (!string.IsNullOrWhiteSpace(builder.Configuration["APPLICATIONINSIGHTS_CONNECTION_STRING"]))
            telemetry.UseAzureMonitorExporter();
    }

    private static string Version { get; } =
        typeof(TelemetryExtensions).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0";
}
