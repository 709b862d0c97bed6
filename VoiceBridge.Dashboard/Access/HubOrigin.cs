using VoiceBridge.ServiceDefaults.Access;

namespace VoiceBridge.Dashboard.Access;

/// <summary>
/// Circuits are for the dashboard's own pages. A browser adds somebody's cookie to a WebSocket that any page of the same site opens, and asks nobody (there is
/// no CORS for WebSockets): so the Origin must be scheme and host of the request itself.
/// </summary>
internal static partial class HubOrigin
{
    private const string HubPath = "/_blazor";

    public static IApplicationBuilder UseHubOrigin(this WebApplication app)
    {
        var logger = app.Services.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(HubOrigin).FullName!);
        var refusals = app.Services.GetRequiredService<Refusals>();
        return app.Use((context, next) =>
        {
            if (!context.Request.Path.StartsWithSegments(HubPath, StringComparison.OrdinalIgnoreCase) || IsOurs(context.Request)) return next(context);
            if (refusals.Count("dashboard", "origin")) LogRefused(logger, context.Request.Scheme, Refusals.Printable(context.Request.Host.Value));
            context.Response.StatusCode = StatusCodes.Status403Forbidden;
            return Task.CompletedTask;
        });
    }

    private static bool IsOurs(HttpRequest request)
    {
        var origin = request.Headers.Origin.ToString();
        // Browsers leave it out of plain GETs within a site only: never of a POST or a WebSocket.
        if (origin.Length == 0) return HttpMethods.IsGet(request.Method) && request.Headers.Upgrade.Count == 0;
        return string.Equals(origin, $"{request.Scheme}://{request.Host}", StringComparison.OrdinalIgnoreCase);
    }

    [LoggerMessage(EventId = 7040, Level = LogLevel.Warning, Message = "Refused a circuit: its Origin is not {Scheme}://{Host}. Where that is not how browsers reach the "
        + "dashboard, Ingress:Proxies does not name the ingress, or the ingress changes the Host header")]
    private static partial void LogRefused(ILogger logger, string scheme, string host);
}
