using VoiceBridge.CallControl.Acs;
using VoiceBridge.Cluster.Calls;

namespace VoiceBridge.CallControl.Calls;

/// <summary>Ends calls on the line and in the books.</summary>
internal sealed partial class HangUps(ICallAutomation automation, CallStore calls, CallEnds ends, ILogger<HangUps> logger)
{
    /// <summary>
    /// Hangs up, for everyone in the call. The reason is written first, because the service's own notice of the end may overtake the
    /// reply. Works without Redis.
    /// </summary>
    public async Task<CallResult> HangUpAsync(string callId, string callConnectionId, string reason, CancellationToken cancellationToken)
    {
        await RedisAway.TryAsync(() => calls.UpdateAsync(callId, new CallChange { EndReason = reason }, cancellationToken));
        var result = await automation.HangUpAsync(callConnectionId, cancellationToken);
        Log.HungUp(logger, callId, reason, result);
        // Its notice may get lost; a call that is gone is over in any case.
        if (result.Ok || result.Outcome is CallOutcome.Gone)
            await RedisAway.TryAsync(() => ends.EndAsync(callId, CallState.Ended, reason, cancellationToken));
        return result;
    }

    private static partial class Log
    {
        [LoggerMessage(1401, LogLevel.Information, "Call {CallId} is hung up ({Reason}): {Result}")]
        public static partial void HungUp(ILogger logger, string callId, string reason, CallResult result);
    }
}
