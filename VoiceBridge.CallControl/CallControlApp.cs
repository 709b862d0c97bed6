using VoiceBridge.ServiceDefaults.Access;
using VoiceBridge.ServiceDefaults.Hosting;
using VoiceBridge.ServiceDefaults.WarmUp;

namespace VoiceBridge.CallControl;

/// <summary>Builds the service, for its own process, for Local and for the tests.</summary>
public static class CallControlApp
{
    /// <summary>The service as a process of its own, warm before it answers; or, by its first argument, a command. The exit code.</summary>
    public static async Task<int> RunAsync(string[] args, Action<WebApplicationBuilder>? configure = null)
    {
        if (args is [EraseCommand.Name, .. var options])
        {
            await using var service = Create([], configure);
            return await EraseCommand.RunAsync(service.Services, options, Console.Out, CancellationToken.None);
        }

        var app = Create(args, configure);
        await ServiceWarmUp.RunAsync(app, (service, cancellationToken) => CallControlWarmUp.StartAsync(service, configure, cancellationToken));
        await app.RunAsync();
        return 0;
    }

    /// <summary>Builds the application; <paramref name="configure"/> runs before the container is built.</summary>
    public static WebApplication Create(string[] args, Action<WebApplicationBuilder>? configure = null) =>
        Build(WebApplication.CreateBuilder(args), configure);

    /// <summary>The same on a builder that has its settings.</summary>
    internal static WebApplication Build(WebApplicationBuilder builder, Action<WebApplicationBuilder>? configure = null)
    {
        configure?.Invoke(builder);
        builder.AddServiceDefaults("callcontrol");
        builder.AddClusterRedis();
        builder.AddCallControl();

        var app = builder.Build();
        app.WarnOfRemovedSettings();
        app.MapDefaultEndpoints();
        app.MapCallControl();
        return app;
    }

    private static void MapCallControl(this WebApplication app)
    {
        app.MapMethods("/acs/incomingcall", [HttpMethods.Options], (HttpContext context, WebhookEndpoint endpoint) => endpoint.OptionsAsync(context));
        app.MapPost("/acs/incomingcall", (HttpContext context, WebhookEndpoint endpoint) => endpoint.PostAsync(context));
        app.MapPost("/acs/callbacks/{callId}", (string callId, HttpContext context, CallbackEndpoint endpoint) => endpoint.PostAsync(callId, context));
        app.MapTwilio();
        app.MapPost("/calls/{callId:regex(^[0-9a-f]{{32}}$)}/hangup", (string callId, HttpContext context, CallsApi api) => api.HangUpAsync(callId, context));
        app.MapPost("/calls/{callId:regex(^[0-9a-f]{{32}}$)}/transfer", (string callId, HttpContext context, CallsApi api) => api.TransferAsync(callId, context));
        app.MapGet("/health", (StatsEndpoints stats) => stats.Health());
        app.MapGet("/stats", (StatsEndpoints stats, CancellationToken ct) => stats.StatsAsync(ct)).RequireOpsAccess();
        app.MapGet("/scale", (StatsEndpoints stats, CancellationToken ct) => stats.ScaleAsync(ct)).RequireOpsAccess();
    }
}
