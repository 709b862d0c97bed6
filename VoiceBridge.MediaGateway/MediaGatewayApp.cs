using Microsoft.Extensions.Options;
using VoiceBridge.MediaGateway.Callers.Acs;
using VoiceBridge.MediaGateway.Callers.Twilio;
using VoiceBridge.MediaGateway.Callers.Web;
using VoiceBridge.MediaGateway.Connections;
using VoiceBridge.MediaGateway.Sockets;
using VoiceBridge.MediaGateway.WarmUp;
using VoiceBridge.ServiceDefaults.Hosting;
using VoiceBridge.ServiceDefaults.Limits;
using VoiceBridge.ServiceDefaults.Telemetry;
using VoiceBridge.ServiceDefaults.WarmUp;

namespace VoiceBridge.MediaGateway;

/// <summary>Builds the service, for its own process, for Local and for the tests.</summary>
public static class MediaGatewayApp
{
    /// <summary>
    /// The service as a process of its own, warm before it answers, which may choose how its sockets complete. A program of yours that brings tools adds them
    /// in <paramref name="configure"/>: <c>MediaGatewayApp.RunAsync(args, builder => builder.Services.AddAgentTool(...))</c>.
    /// </summary>
    public static async Task RunAsync(string[] args, Action<WebApplicationBuilder>? configure = null)
    {
        var app = Create(args, configure);
        SocketThreads.CompleteInline(app.Services.GetRequiredService<IOptions<MediaOptions>>().Value.InlineScheduling);
        await ServiceWarmUp.RunAsync(app, GatewayWarmUp.StartAsync);
        await app.RunAsync();
    }

    /// <summary>Builds the application; <paramref name="configure"/> runs before the container is built.</summary>
    public static WebApplication Create(string[] args, Action<WebApplicationBuilder>? configure = null) =>
        Build(WebApplication.CreateBuilder(args), configure);

    /// <summary>The same on a builder that has its settings.</summary>
    internal static WebApplication Build(WebApplicationBuilder builder, Action<WebApplicationBuilder>? configure = null)
    {
        builder.AddServiceDefaults("mediagateway");
        builder.AddMediaGateway();
        // Upgrades are bounded by Media:MaxPendingUpgrades, and calls by Gateway:MaxConnections.
        builder.Services.AddUnlimitedEntry(AcsEndpoint.Path).AddUnlimitedEntry(TwilioEndpoint.Path).AddUnlimitedEntry(WebEndpoint.Path);
        // The request lasts as long as its call, which has a span of its own.
        builder.Services.AddUntracedEntry(AcsEndpoint.Path).AddUntracedEntry(TwilioEndpoint.Path).AddUntracedEntry(WebEndpoint.Path);
        builder.AddMediaSockets();
        configure?.Invoke(builder);
        // After it: Aspire's client reads its connection string when it is added, not when it is first used.
        builder.AddClusterRedis();

        var app = builder.Build();
        app.UseProbeLimits();
        app.MapDefaultEndpoints();
        app.MapStats();
        app.MapDrain();
        app.Map(AcsEndpoint.Path, (HttpContext context, AcsEndpoint endpoint) => endpoint.RunAsync(context));
        app.Map(TwilioEndpoint.Path + "/{id}", (HttpContext context, TwilioEndpoint endpoint) => endpoint.RunAsync(context));
        app.Map(WebEndpoint.Path, (HttpContext context, WebEndpoint endpoint) => endpoint.RunAsync(context));
        return app;
    }
}
