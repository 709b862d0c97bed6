using System.Net.WebSockets;
using VoiceBridge.Cluster.Calls;
using VoiceBridge.MediaGateway.Audio;
using VoiceBridge.MediaGateway.Calls;
using VoiceBridge.MediaGateway.Calls.Facts;
using VoiceBridge.MediaGateway.Sockets;

namespace VoiceBridge.MediaGateway.Callers.Web;

/// <summary>The handler of one browser caller. Its call is its socket, so this handler keeps the call's record too.</summary>
internal sealed class WebMediaHandler(
    WebSocket socket, CallFacts facts, Connection connection, string? traceParent, CallServices services, CallStore calls, TimeProvider time)
    : MediaHandler(facts, connection, traceParent, services)
{
    protected override ICallerLeg CreateLeg(MediaOptions options, TimeProvider clock, Action<string> onWriteFailure) =>
        new WebLeg(socket, options, clock, onWriteFailure);

    /// <summary>There is no telephone call to hang up: closing the socket is all.</summary>
    protected override Task<bool> HangUpAsync(CallEnd end, CancellationToken cancellationToken) => Task.FromResult(false);

    protected override Task OnStartedAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var change = new CallChange
        {
            CorrelationId = Facts.CorrelationId,
            From = Facts.CallerId,
            To = Facts.CalledNumber,
            Type = Facts.Type,
            RangAt = now,
            AnsweredAt = now,
            ConnectedAt = now,
        };
        return calls.AdvanceAsync(Facts.CallId, CallState.Connected, change, cancellationToken);
    }

    protected override Task OnEndedAsync(CallEnd end, CancellationToken cancellationToken) =>
        end.Reason is CallEndReason.Superseded or CallEndReason.Drained
            ? Task.CompletedTask
            : calls.AdvanceAsync(Facts.CallId, CallState.Ended, new CallChange { EndReason = end.Code, EndedAt = time.GetUtcNow() }, cancellationToken);
}
