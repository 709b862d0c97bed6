using System.Net.WebSockets;
using Microsoft.Extensions.Options;
using VoiceBridge.Cluster.Trust;
using VoiceBridge.MediaGateway.Calls;
using VoiceBridge.MediaGateway.Calls.Facts;
using VoiceBridge.MediaGateway.Sockets;
using VoiceBridge.ServiceDefaults.Access;
using VoiceBridge.ServiceDefaults.Privacy;

namespace VoiceBridge.MediaGateway.Callers;

/// <summary>What all callers' endpoints do the same way: refuse or register, upgrade, run the call.</summary>
internal sealed class MediaEndpoint(
    MediaAdmission admission, IConnections connections, ClusterKeys keys, CallerIdPrivacy privacy, IOptions<MediaOptions> options, TimeProvider time)
{
    /// <summary>How long a peer that was turned away has to close its side.</summary>
    private static readonly TimeSpan Closing = TimeSpan.FromSeconds(1);

    /// <summary>Admits the request, and has <paramref name="run"/> run the call on the socket.</summary>
    /// <param name="context">The request.</param>
    /// <param name="entry">Where it came in.</param>
    /// <param name="admit">Finds the ticket, or a status and a reason against the request. Where there is an introduction, it brings the ticket.</param>
    /// <param name="introduction">For sockets that say in their first messages whose they are: until then they count among the requests that wait for admission.</param>
    /// <param name="run">Runs the call.</param>
    public async Task RunAsync(HttpContext context, string entry, Func<HttpContext, Task<Admittance>> admit, Introduction? introduction,
        Func<MediaSocket, CallFacts, Connection, MediaTicket, Task> run)
    {
        if (!TryEnter(context, entry))
            return;
        var waits = true;
        MediaSocket? socket = null;
        Connection? connection = null;
        try
        {
            var admittance = await admit(context);
            if (introduction is null)
                admittance = Register(admittance);
            if (admittance.Reason is not null)
            {
                Refuse(context, entry, admittance, admittance.Ticket?.CallId);
                return;
            }
            socket = await ServerHandshake.AcceptAsync(context, options.Value, time);
            if (introduction is not null)
            {
                var introducing = introduction.Introduce(socket);
                admittance = Register(await Within(introducing, introduction.Deadline));
                if (connection is not null)
                    admittance = admittance with { Reason = await introduction.Claim() };
                if (admittance.Reason is { } reason)
                {
                    admission.Refused(entry, reason, admittance.Ticket?.CallId, admittance.Status);
                    // A full gateway closes in order: the call's network then asks where it goes on.
                    await CloseAsync(socket, introducing,
                        admittance.Status == StatusCodes.Status503ServiceUnavailable ? WebSocketCloseStatus.NormalClosure : WebSocketCloseStatus.PolicyViolation);
                    return;
                }
            }
            waits = false;
            admission.Leave();
            await run(socket, Facts(admittance.CallConnectionId, connection!, admittance.Ticket!), connection!, admittance.Ticket!);
        }
        finally
        {
            if (waits)
                admission.Leave();
            // The call has done so, unless it could not even begin.
            if (connection is not null)
                connections.Unregister(connection.ConnectionId);
            socket?.Dispose();
        }

        Admittance Register(Admittance wanted)
        {
            if (wanted is not { Ticket: { } ticket, Reason: null })
                return wanted;
            var described = Describe(ticket);
            if (!connections.TryRegister(described, out var full))
                return wanted with { Status = StatusCodes.Status503ServiceUnavailable, Reason = full };
            connection = described;
            return wanted;
        }
    }

    /// <summary>Whether the request may wait for admission; then the place is to be left.</summary>
    private bool TryEnter(HttpContext context, string entry)
    {
        // Everybody can make tickets of the stand-in key.
        var (status, reason) = !ServerHandshake.IsRequested(context) ? (StatusCodes.Status400BadRequest, "no upgrade to a WebSocket")
            : !keys.Configured && !LocalRequest.IsLocal(context) ? (StatusCodes.Status403Forbidden, "no Cluster:Keys are configured, and it is not from loopback")
            : !admission.TryEnter() ? (StatusCodes.Status503ServiceUnavailable, "too many upgrades at once")
            : default;
        if (reason is null)
            return true;
        Refuse(context, entry, new Admittance(null, status, reason), null);
        return false;
    }

    private async Task<Admittance> Within(Task<Admittance> introduction, TimeSpan deadline)
    {
        try
        {
            return await introduction.WaitAsync(deadline, time);
        }
        catch (TimeoutException)
        {
            return new Admittance(null, StatusCodes.Status408RequestTimeout, "no introduction in time");
        }
    }

    /// <summary>Closes a socket on which nobody reads any more, or whose <paramref name="reading"/> goes on.</summary>
    private async Task CloseAsync(MediaSocket socket, Task reading, WebSocketCloseStatus status)
    {
        try
        {
            await socket.CloseAsync(status).WaitAsync(Closing, time);
            await DrainAsync(socket, reading).WaitAsync(Closing, time);
        }
        catch (Exception exception) when (exception is TimeoutException || SocketWriter.IsSocketEnd(exception))
        {
            // It has had its time.
        }
        socket.Abort();
        await reading.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>What a peer still sends is read: a connection that is closed with unread data is reset, and the close is lost with it.</summary>
    private async Task DrainAsync(MediaSocket socket, Task reading)
    {
        await reading;
        var end = await new MessagePump(socket, new MessageLimits(options.Value.MaxCallerMessageBytes, options.Value.MaxMessagesPerSecond), time).RunAsync(static (_, _) => true);
        if (end != PumpEnd.Closed)
            await socket.DiscardAsync();
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

/// <summary>How a socket says whose it is.</summary>
/// <param name="Deadline">How long it has for that.</param>
/// <param name="Introduce">Reads who it is: a ticket, or a reason against it.</param>
/// <param name="Claim">Takes the ticket for this socket, which has a place now: a reason against that, or null.</param>
internal sealed record Introduction(TimeSpan Deadline, Func<MediaSocket, Task<Admittance>> Introduce, Func<Task<string?>> Claim);
