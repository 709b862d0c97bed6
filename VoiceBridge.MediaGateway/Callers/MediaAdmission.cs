using Microsoft.Extensions.Options;
using VoiceBridge.Cluster.Calls;
using VoiceBridge.Cluster.Trust;
using VoiceBridge.MediaGateway.Sockets;
using VoiceBridge.ServiceDefaults.Access;

namespace VoiceBridge.MediaGateway.Callers;

/// <summary>Whether a socket may come in: its ticket, and the call the ticket speaks of.</summary>
internal sealed partial class MediaAdmission(
    MediaTickets tickets, CallStore calls, IOptions<MediaOptions> options, Refusals refusals, TimeProvider time, ILogger<MediaAdmission> logger)
{
    private static readonly TimeSpan FirstUse = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan LookUpDeadline = TimeSpan.FromMilliseconds(500);

    private int _pending;

    /// <summary>Takes a place among the requests that are being admitted; false when there are too many. Leave it afterwards.</summary>
    public bool TryEnter()
    {
        if (Interlocked.Increment(ref _pending) <= options.Value.MaxPendingUpgrades)
            return true;
        Interlocked.Decrement(ref _pending);
        return false;
    }

    public void Leave() => Interlocked.Decrement(ref _pending);

    /// <summary>The ticket when it is valid, for this kind of caller; else why not.</summary>
    public TicketReading Read(string? token, string type)
    {
        var reading = tickets.Read(token);
        return reading.Ticket is { } ticket && ticket.Type != type ? new TicketReading(null, $"a ticket of type {ticket.Type}") : reading;
    }

    /// <summary>Null when the ticket may be used now. The first use is close to the answer; later ones (reconnects) need the call to
    /// stand and the provider's word that it is this call's socket.</summary>
    public async Task<string?> RefuseAsync(MediaTicket ticket, bool sameCall, string? callConnectionId, CancellationToken cancellationToken)
    {
        var fresh = time.GetUtcNow() - ticket.IssuedAt <= FirstUse;
        CallRecord? call;
        try
        {
            call = await calls.GetAsync(ticket.CallId, cancellationToken).WaitAsync(LookUpDeadline, time, cancellationToken);
        }
        catch (Exception) when (!cancellationToken.IsCancellationRequested)
        {
            // Without Redis the ticket must speak for itself.
            return fresh || sameCall ? null : "an old ticket, and the call is not known";
        }

        if (call is { State: CallState.Ended or CallState.Rejected })
            return "the call is over";
        if (call is null or { Generation: 0 })
            return fresh || sameCall && call is null ? null : "used too late";
        if (call.CallConnectionId is { } known && callConnectionId is { } given && known != given)
            return "another call connection";
        return sameCall || fresh ? null : "a reconnect without the call's headers";
    }

    /// <summary>Counts that somebody was turned away, and logs why, at a bounded rate; the response says nothing.</summary>
    public void Refused(string entry, string reason, string? callId, int status)
    {
        if (refusals.Count(entry, status.ToString(System.Globalization.CultureInfo.InvariantCulture)))
            Log.Refused(logger, entry, status, reason, callId ?? "unknown");
    }

    public void Reported(string entry, string reason, string callId) => Log.Reported(logger, entry, reason, callId);

    private static partial class Log
    {
        [LoggerMessage(2401, LogLevel.Warning, "Refused a socket on {Entry} with {Status}: {Reason} (call {CallId})")]
        public static partial void Refused(ILogger logger, string entry, int status, string reason, string callId);

        [LoggerMessage(2402, LogLevel.Warning, "A socket on {Entry} would be refused: {Reason} (call {CallId})")]
        public static partial void Reported(ILogger logger, string entry, string reason, string callId);
    }
}
