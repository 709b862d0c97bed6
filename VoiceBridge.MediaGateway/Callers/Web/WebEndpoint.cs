using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;
using VoiceBridge.MediaGateway.Calls;

namespace VoiceBridge.MediaGateway.Callers.Web;

/// <summary>Section <c>Web</c>.</summary>
internal sealed class WebOptions
{
    public const string Section = "Web";

    /// <summary>Origins (<c>https://host</c>) whose pages may open <c>/web/ws</c>. None: nobody, but loopback in Development.</summary>
    public IList<string> AllowedOrigins { get; set; } = [];

    /// <summary>How far ahead of what the caller hears audio is sent; 0: as it comes, for the page buffers it. Milliseconds.</summary>
    [Range(0, 60_000)]
    public int AheadMs { get; set; }
}

/// <summary><c>/web/ws</c>: where a browser talks to the agent.</summary>
internal sealed class WebEndpoint(
    MediaEndpoint endpoint, MediaAdmission admission, IOptions<WebOptions> options, IHostEnvironment environment, CallServices services)
{
    public const string Path = "/web/ws";

    public Task RunAsync(HttpContext context) => endpoint.RunAsync(context, Path, AdmitAsync, null,
        (socket, facts, connection, ticket) => new WebMediaHandler(socket, options.Value.AheadMs, facts, connection, ticket.TraceParent, services).RunAsync());

    private async Task<Admittance> AdmitAsync(HttpContext context)
    {
        if (!OriginAllowed(context.Request.Headers.Origin))
            return new Admittance(null, StatusCodes.Status403Forbidden, "origin not allowed");
        var (ticket, refusal) = admission.Read(context.Request.Query["ticket"], "web");
        if (ticket is null)
            return new Admittance(null, StatusCodes.Status401Unauthorized, refusal ?? "no ticket");
        var late = await admission.RefuseAsync(ticket, sameCall: true, null, context.RequestAborted);
        return late is null ? new Admittance(ticket, 0, null) : new Admittance(ticket, StatusCodes.Status401Unauthorized, late);
    }

    private bool OriginAllowed(string? origin)
    {
        if (options.Value.AllowedOrigins.Count > 0)
            return options.Value.AllowedOrigins.Any(allowed => string.Equals(allowed.TrimEnd('/'), origin, StringComparison.OrdinalIgnoreCase));
        return environment.IsDevelopment() && Uri.TryCreate(origin, UriKind.Absolute, out var page) && page.IsLoopback;
    }
}
