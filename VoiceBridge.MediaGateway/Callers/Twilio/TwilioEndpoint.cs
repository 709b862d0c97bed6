using System.Net.WebSockets;
using Microsoft.Extensions.Options;
using VoiceBridge.Cluster.Trust;
using VoiceBridge.MediaGateway.Calls;
using VoiceBridge.MediaGateway.Sockets;
using VoiceBridge.ServiceDefaults.Access.Twilio;

namespace VoiceBridge.MediaGateway.Callers.Twilio;

/// <summary>
/// <c>/twilio/media/{call id}</c>: where Twilio opens the media stream of a call. The upgrade is signed; whose stream it is, the first messages say, with a ticket that is
/// used once and belongs to this call.
/// </summary>
internal sealed class TwilioEndpoint(
    MediaEndpoint endpoint, MediaAdmission admission, TicketUses uses, TwilioSignature signature, IOptions<TwilioOptions> account, IOptions<TwilioMediaOptions> options,
    CallServices services)
{
    public const string Path = "/twilio/media";
    public const string Type = "twilio";

    private const int MaxMessageBytes = 16 * 1024;

    /// <summary>Before the start there is a word of welcome, and whatever may be added to it.</summary>
    private const int MaxMessagesBefore = 8;

    private static readonly TimeSpan UseDeadline = TimeSpan.FromMilliseconds(500);

    public async Task RunAsync(HttpContext context)
    {
        if (!account.Value.IsConfigured)
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }
        TwilioStart? start = null;
        await endpoint.RunAsync(context, Path, AdmitAsync, new Introduction(TimeSpan.FromMilliseconds(options.Value.StartMs), IntroduceAsync, ClaimAsync),
            (socket, facts, connection, ticket) => new TwilioMediaHandler(
                socket, start!.StreamId, options.Value.AheadMs, facts, connection, ticket.TraceParent, services).RunAsync());

        async Task<Admittance> IntroduceAsync(MediaSocket socket)
        {
            (start, var refusal) = await ReadStartAsync(socket);
            return start is null ? Refuse(null, refusal) : await AdmitStartAsync(start, context.Request.RouteValues["id"] as string);
        }

        async Task<string?> ClaimAsync() =>
            await uses.TryUseAsync(start!.Ticket!, UseDeadline, CancellationToken.None) ? null : "the ticket was used before";
    }

    private Task<Admittance> AdmitAsync(HttpContext context) =>
        Task.FromResult(signature.IsMediaSocket(context) ? default : new Admittance(null, StatusCodes.Status403Forbidden, "not signed by Twilio"));

    private async Task<Admittance> AdmitStartAsync(TwilioStart start, string? id)
    {
        var (ticket, refusal) = admission.Read(start.Ticket, Type);
        if (ticket is null)
            return Refuse(null, refusal ?? "no ticket");
        if (ticket.CallId != id)
            return Refuse(ticket, "the address of another call");
        if (!string.Equals(ticket.CorrelationId, start.CallId, StringComparison.Ordinal))
            return Refuse(ticket, "the ticket of another call");
        if (!string.Equals(start.AccountId, account.Value.AccountSid, StringComparison.Ordinal))
            return Refuse(ticket, "another account");
        if (start.Format is { } format)
            return Refuse(ticket, $"the audio is {format}");
        return await admission.RefuseAsync(ticket, sameCall: false, start.CallId, CancellationToken.None) is { } late
            ? Refuse(ticket, late)
            : new Admittance(ticket, StatusCodes.Status401Unauthorized, null, start.CallId);
    }

    /// <summary>The message that says whose stream it is, or why there was none.</summary>
    private async Task<(TwilioStart? Start, string Refusal)> ReadStartAsync(MediaSocket socket)
    {
        var reader = new TwilioFrameReader(TwilioDialect.Twilio);
        var scratch = new UnescapeBuffer();
        TwilioStart? start = null;
        var refusal = "no start among the first messages";
        var messages = 0;
        var end = await new MessagePump(socket, new MessageLimits(MaxMessageBytes, services.Media.MaxMessagesPerSecond), services.Time).RunAsync((message, type) =>
        {
            var kind = type == WebSocketMessageType.Text ? reader.Read(message, scratch).Kind : TwilioFrameKind.Malformed;
            scratch.Reset();
            if (kind != TwilioFrameKind.Start)
                return ++messages <= MaxMessagesBefore;
            start = TwilioStart.Read(message.ToArray(), TwilioDialect.Twilio);
            refusal = "an unreadable start";
            return false;
        });
        return (start, end switch
        {
            PumpEnd.Stopped => refusal,
            PumpEnd.TooBig => "too long a message before the start",
            PumpEnd.Closed => "closed before the start",
            _ => "gone before the start",
        });
    }

    private static Admittance Refuse(MediaTicket? ticket, string reason) => new(ticket, StatusCodes.Status401Unauthorized, reason);
}
