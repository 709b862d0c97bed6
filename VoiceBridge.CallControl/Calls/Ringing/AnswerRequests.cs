using Microsoft.Extensions.Options;
using VoiceBridge.Cluster.Trust;
using VoiceBridge.ServiceDefaults.Telemetry;

namespace VoiceBridge.CallControl.Calls.Ringing;

/// <summary>
/// Builds what is sent to answer a call, from the call alone: addresses, ticket and repeatability pair are the same whichever replica
/// builds them and whenever, so that an answer sent twice is one answer.
/// </summary>
internal sealed class AnswerRequests(MediaTickets tickets, PhoneNetworks networks, IOptions<CallOptions> options)
{
    /// <summary>How long a ticket outlives the longest call.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromMinutes(5);

    /// <summary>Longer than any phone rings.</summary>
    private static readonly TimeSpan OneSocket = TimeSpan.FromMinutes(2);

    public AnswerRequest Of(IncomingCall call)
    {
        var network = networks.Named(call.Network);
        var ticket = tickets.Issue(new MediaTicket
        {
            CallId = call.CallId,
            CorrelationId = call.CorrelationId,
            CallerId = call.From,
            CalledNumber = call.To,
            Type = call.Network,
            IssuedAt = call.RangAt,
            ExpiresAt = call.RangAt + (network.Reconnects ? TimeSpan.FromMinutes(options.Value.Calls.MaxMinutes) + Grace : OneSocket),
            TraceParent = CallTrace.TraceParentOf(call.CallId),
        });
        return new(
            Ringing(call, "answer") with { RingsUntil = call.AnswersUntil }, call.CallId, network.CallbackUri(call.CallId), network.TransportUrl(call.CallId, ticket))
        {
            Ticket = ticket,
        };
    }

    public static RingingCall Ringing(IncomingCall call, string operation) =>
        new(call.IncomingCallContext, RepeatableRequests.For(call.CallId, operation, call.RangAt), call.RingsUntil)
        {
            Network = call.Network, CallId = call.CallId, CorrelationId = call.CorrelationId, To = call.To,
        };
}
