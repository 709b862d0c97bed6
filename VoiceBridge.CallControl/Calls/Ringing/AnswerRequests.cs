using Microsoft.Extensions.Options;
using VoiceBridge.Cluster.Trust;
using VoiceBridge.ServiceDefaults.Telemetry;

namespace VoiceBridge.CallControl.Calls.Ringing;

/// <summary>
/// Builds what is sent to answer a call, from the call alone: addresses, ticket and repeatability pair are the same whichever replica
/// builds them and whenever, so that an answer sent twice is one answer.
/// </summary>
internal sealed class AnswerRequests(MediaTickets tickets, IOptions<CallOptions> options)
{
    /// <summary>How long a ticket outlives the longest call.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromMinutes(5);

    public AnswerRequest Of(IncomingCall call) => new(Ringing(call, "answer") with { RingsUntil = call.AnswersUntil }, call.CallId, CallbackUri(call.CallId), TransportUrl(call));

    public static RingingCall Ringing(IncomingCall call, string operation) =>
        new(call.IncomingCallContext, RepeatableRequests.For(call.CallId, operation, call.RangAt), call.RingsUntil);

    private string CallbackUri(string callId) => $"{Base(options.Value.CallControl.PublicUrl, "CallControl:PublicUrl")}/acs/callbacks/{callId}";

    private string TransportUrl(IncomingCall call)
    {
        var ticket = tickets.Issue(new MediaTicket
        {
            CallId = call.CallId,
            CorrelationId = call.CorrelationId,
            CallerId = call.From,
            CalledNumber = call.To,
            Type = "acs",
            IssuedAt = call.RangAt,
            ExpiresAt = call.RangAt + TimeSpan.FromMinutes(options.Value.Calls.MaxMinutes) + Grace,
            TraceParent = CallTrace.TraceParentOf(call.CallId),
        });
        return $"{Base(options.Value.Media.PublicUrl, "Media:PublicUrl")}/acs/ws?ticket={ticket}";
    }

    private static string Base(Uri? address, string setting) => address?.AbsoluteUri.TrimEnd('/')
        ?? throw new InvalidOperationException($"{setting} is not set: calls cannot be answered without it.");
}
