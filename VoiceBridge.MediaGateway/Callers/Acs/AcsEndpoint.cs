using Microsoft.Extensions.Options;
using VoiceBridge.MediaGateway.Calls;

namespace VoiceBridge.MediaGateway.Callers.Acs;

/// <summary><c>/acs/ws</c>: where ACS opens the media socket of a call.</summary>
internal sealed class AcsEndpoint(
    MediaEndpoint endpoint, MediaAdmission admission, AcsTokenValidator tokens, IOptions<AcsOptions> options, IHostEnvironment environment,
    CallServices services)
{
    public const string Path = "/acs/ws";
    public const string CallConnectionHeader = "x-ms-call-connection-id";
    private const string CorrelationHeader = "x-ms-call-correlation-id";

    public Task RunAsync(HttpContext context) => endpoint.RunAsync(context, Path, AdmitAsync, null,
        (socket, facts, connection, ticket) => new AcsMediaHandler(socket, options.Value.AheadMs, facts, connection, ticket.TraceParent, services).RunAsync());

    private async Task<Admittance> AdmitAsync(HttpContext context)
    {
        var aborted = context.RequestAborted;
        var (ticket, refusal) = admission.Read(context.Request.Query["ticket"], "acs");
        if (ticket is null)
            return new Admittance(null, StatusCodes.Status401Unauthorized, refusal ?? "no ticket");

        // In Development there may be no resource to check against. In production there is one, or calls come through another phone.
        if (!tokens.Configured && !environment.IsDevelopment())
            return new Admittance(ticket, StatusCodes.Status403Forbidden, "no Acs:ResourceId is configured");
        if (tokens.Configured)
        {
            var why = await tokens.RefuseAsync(context.Request.Headers.Authorization, aborted);
            if (why is not null && options.Value.MediaToken == AcsTokenPolicy.Required)
                return new Admittance(ticket, StatusCodes.Status401Unauthorized, $"token: {why}");
            if (why is not null)
                admission.Reported(Path, $"token: {why}", ticket.CallId);
        }

        var correlation = context.Request.Headers[CorrelationHeader].FirstOrDefault();
        if (!string.IsNullOrEmpty(correlation) && !string.Equals(correlation, ticket.CorrelationId, StringComparison.OrdinalIgnoreCase))
            return new Admittance(ticket, StatusCodes.Status403Forbidden, "the ticket of another call");
        var callConnection = context.Request.Headers[CallConnectionHeader].FirstOrDefault();
        var late = await admission.RefuseAsync(ticket, !string.IsNullOrEmpty(correlation), callConnection, aborted);
        return late is null ? new Admittance(ticket, 0, null, callConnection) : new Admittance(ticket, StatusCodes.Status401Unauthorized, late);
    }
}
