using VoiceBridge.Cluster.Calls;
using VoiceBridge.MediaGateway.Calls;
using VoiceBridge.MediaGateway.Calls.Facts;
using VoiceBridge.MediaGateway.Calls.Phone;
using VoiceBridge.MediaGateway.Sockets;

namespace VoiceBridge.MediaGateway.Callers.Web;

/// <summary>The handler of one browser caller. Its call is its socket, so this handler keeps the call's record too.</summary>
internal sealed class WebMediaHandler(MediaSocket socket, int aheadMs, CallFacts facts, Connection connection, string? traceParent, CallServices services) : IPhone
{
    public async Task RunAsync()
    {
        using var call = new Call(facts, connection, traceParent, this, failed => new WebLeg(socket, aheadMs, services.Media, services.Time, failed), services);
        await call.RunAsync();
    }

    Task IPhone.OnStartedAsync(CallFacts started, CancellationToken cancellationToken)
    {
        var now = services.Time.GetUtcNow();
        var change = new CallChange
        {
            CorrelationId = started.CorrelationId,
            From = started.CallerId,
            To = started.CalledNumber,
            Type = started.Type,
            RangAt = now,
            AnsweredAt = now,
            ConnectedAt = now,
        };
        return services.Calls.AdvanceAsync(started.CallId, CallState.Connected, change, cancellationToken);
    }

    /// <summary>There is no telephone call to hang up: closing the socket is all.</summary>
    Task<bool> IPhone.HangUpAsync(CallFacts call, CallEnd end, CancellationToken cancellationToken) => Task.FromResult(false);

    Task<string?> IPhone.TransferAsync(CallFacts call, string target, CancellationToken cancellationToken) =>
        services.CallControl.TransferAsync(call, target, cancellationToken);

    Task IPhone.OnEndedAsync(CallFacts ended, CallEnd end, CancellationToken cancellationToken) =>
        end.Reason is CallEndReason.Superseded or CallEndReason.Drained
            ? Task.CompletedTask
            : services.Calls.AdvanceAsync(
                ended.CallId, CallState.Ended, new CallChange { EndReason = end.Code, EndedAt = services.Time.GetUtcNow() }, cancellationToken);
}
