using System.Buffers;
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
        await endpoint.RunAsync(context, Path, Knock, TimeSpan.FromMilliseconds(options.Value.StartMs), IntroduceAsync, ClaimAsync,
            (socket, facts, connection, ticket) => new TwilioMediaHandler(
                socket, start!.StreamId, options.Value.AheadMs, facts, connection, ticket.TraceParent, services).RunAsync());

        async Task<Admittance> IntroduceAsync(WebSocket socket)
        {
            (start, var refusal) = await ReadStartAsync(socket);
            // What follows computes, and asks Redis: the socket's thread is other calls' too.
            await PoolThreads.Switch();
            return start is null ? Refuse(null, refusal) : await AdmitAsync(start, context.Request.RouteValues["id"] as string);
        }

        async Task<string?> ClaimAsync() =>
            await uses.TryUseAsync(start!.Ticket!, UseDeadline, CancellationToken.None) ? null : "the ticket was used before";
    }

    private Admittance Knock(HttpContext context) =>
        signature.IsMediaSocket(context) ? default : new Admittance(null, StatusCodes.Status403Forbidden, "not signed by Twilio");

    private async Task<Admittance> AdmitAsync(TwilioStart start, string? id)
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
    private static async Task<(TwilioStart? Start, string Refusal)> ReadStartAsync(WebSocket socket)
    {
        var reader = new TwilioFrameReader(TwilioDialect.Twilio);
        var scratch = new UnescapeBuffer();
        var buffer = ArrayPool<byte>.Shared.Rent(MaxMessageBytes);
        try
        {
            for (var read = 0; read <= MaxMessagesBefore; read++)
            {
                var length = 0;
                ValueWebSocketReceiveResult part;
                do
                {
                    if (length == MaxMessageBytes)
                        return (null, "too long a message before the start");
                    part = await socket.ReceiveAsync(buffer.AsMemory(length, MaxMessageBytes - length), CancellationToken.None).ConfigureAwait(false);
                    if (part.MessageType == WebSocketMessageType.Close)
                        return (null, "closed before the start");
                    length += part.Count;
                }
                while (!part.EndOfMessage);
                var kind = part.MessageType == WebSocketMessageType.Text ? reader.Read(buffer.AsSpan(0, length), scratch).Kind : TwilioFrameKind.Malformed;
                scratch.Reset();
                if (kind == TwilioFrameKind.Start)
                    return TwilioStart.Read(buffer.AsMemory(0, length), TwilioDialect.Twilio) is { } start ? (start, "") : (null, "an unreadable start");
            }
            return (null, "no start among the first messages");
        }
        catch (Exception exception) when (SocketWriter.IsSocketEnd(exception))
        {
            return (null, "gone before the start");
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static Admittance Refuse(MediaTicket? ticket, string reason) => new(ticket, StatusCodes.Status401Unauthorized, reason);
}
