using System.Net.WebSockets;
using Microsoft.Extensions.Options;
using VoiceBridge.Cluster.Trust;
using VoiceBridge.MediaGateway.Calls;
using VoiceBridge.MediaGateway.Calls.Facts;
using VoiceBridge.MediaGateway.Sockets;
using VoiceBridge.ServiceDefaults.Access;
using VoiceBridge.ServiceDefaults.Privacy;

namespace VoiceBridge.MediaGateway.Callers;

/// <summary>What both kinds of callers' endpoints do the same way: refuse or register, upgrade, run the call.</summary>
internal sealed class MediaEndpoint(
    MediaAdmission admission, IConnections connections, ClusterKeys keys, CallerIdPrivacy privacy, IOptions<MediaOptions> options, TimeProvider time)
{
    /// <summary>Admits the request by <paramref name="admit"/> (a ticket, or a status and a reason), and has <paramref name="run"/> run the
    /// call on the socket.</summary>
    public async Task RunAsync(HttpContext context, string entry, Func<HttpContext, Task<Admittance>> admit,
        Func<WebSocket, CallFacts, Connection, MediaTicket, Task> run)
    {
        if (!context.WebSockets.IsWebSocketRequest)
        {
            Refuse(context, entry, new Admittance(null, StatusCodes.Status400BadRequest, "no upgrade to a WebSocket"), null);
            return;
        }

        if (!keys.Configured && !LocalRequest.IsLocal(context))
        {
            // Everybody can make tickets of the stand-in key.
            Refuse(context, entry, new Admittance(null, StatusCodes.Status403Forbidden, "no Cluster:Keys are configured, and it is not from loopback"), null);
            return;
        }

        Connection connection;
        MediaTicket ticket;
        Admittance admittance;
        if (!admission.TryEnter())
        {
            Refuse(context, entry, new Admittance(null, StatusCodes.Status503ServiceUnavailable, "too many upgrades at once"), null);
            return;
        }
        try
        {
            admittance = await admit(context);
            if (admittance.Ticket is not { } admitted || admittance.Reason is not null)
            {
                Refuse(context, entry, admittance, admittance.Ticket?.CallId);
                return;
            }
            ticket = admitted;
            connection = Describe(ticket);
            if (!connections.TryRegister(connection, out var refusal))
            {
                Refuse(context, entry, new Admittance(ticket, StatusCodes.Status503ServiceUnavailable, refusal), ticket.CallId);
                return;
            }
        }
        finally
        {
            admission.Leave();
        }

        try
        {
            using var socket = await context.WebSockets.AcceptWebSocketAsync(new WebSocketAcceptContext
            {
                // Base64 of speech does not shrink: compression would cost more than the relay itself.
                DangerousEnableCompression = false,
                KeepAliveInterval = TimeSpan.FromSeconds(options.Value.KeepAliveSeconds),
                KeepAliveTimeout = TimeSpan.FromSeconds(options.Value.KeepAliveSeconds),
            });
            await run(socket, Facts(admittance.CallConnectionId, connection, ticket), connection, ticket);
        }
        finally
        {
            // The call has done so, unless it could not even begin.
            connections.Unregister(connection.ConnectionId);
        }
    }

    private Connection Describe(MediaTicket ticket) => new()
    {
        ConnectionId = Guid.NewGuid().ToString(),
        CallId = ticket.CallId,
        CorrelationId = ticket.CorrelationId,
        CallerId = ticket.CallerId,
        CallerShown = privacy.Format(ticket.CallerId),
        Type = ticket.Type,
        Agent = ticket.Agent,
        ConnectedAt = time.GetUtcNow(),
    };

    private static CallFacts Facts(string? callConnectionId, Connection connection, MediaTicket ticket) => new()
    {
        CallId = ticket.CallId,
        CorrelationId = ticket.CorrelationId,
        ConnectionId = connection.ConnectionId,
        CallConnectionId = callConnectionId,
        CallerId = ticket.CallerId,
        CallerShown = connection.CallerShown,
        CalledNumber = ticket.CalledNumber,
        Type = ticket.Type,
        RangAt = ticket.IssuedAt,
        EndsAt = ticket.Type == "web" ? ticket.ExpiresAt : null,
        Agent = ticket.Agent,
    };

    private void Refuse(HttpContext context, string entry, Admittance admittance, string? callId)
    {
        admission.Refused(entry, admittance.Reason ?? "", callId, admittance.Status);
        context.Response.StatusCode = admittance.Status;
        // Who asks again connects again.
        context.Response.Headers.Connection = "close";
    }
}

/// <summary>The ticket of a request that may come in, else the status to answer with and the reason for the log.</summary>
/// <param name="Ticket">The ticket.</param>
/// <param name="Status">0 to let it in.</param>
/// <param name="Reason">Why not.</param>
/// <param name="CallConnectionId">The provider's handle of the call. Only a phone network's word counts: a browser that could name a call would have it transferred.</param>
internal readonly record struct Admittance(MediaTicket? Ticket, int Status, string? Reason, string? CallConnectionId = null);
