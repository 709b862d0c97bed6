using VoiceBridge.Cluster.Calls;

namespace VoiceBridge.CallControl.Calls.Ending;

/// <summary>Ends calls on the line and in the books.</summary>
internal sealed partial class CallTermination(IPhoneService phone, CallStore calls, CallEnding ending, ILogger<CallTermination> logger)
{
    /// <summary>
    /// Hangs up, for everyone in the call. That it is to be hung up, and why, is written first: the service's own notice of the end may overtake the reply, and a
    /// service that does not answer is asked again, by whoever finds the call due. Works without Redis.
    /// </summary>
    public async Task<PhoneResult> HangUpAsync(string callId, string callConnectionId, string reason, CancellationToken cancellationToken)
    {
        await RedisFailures.IgnoreAsync(() => calls.SetHangUpAsync(callId, reason, cancellationToken));
        var result = await phone.HangUpAsync(callConnectionId, cancellationToken);
        Log.HungUp(logger, callId, reason, result);
        // Its notice may get lost; a call that is gone is over in any case.
        if (result.Ok || result.Outcome is PhoneOutcome.Gone)
        {
            await RedisFailures.IgnoreAsync(async () =>
            {
                if (!await ending.EndAsync(callId, CallState.Ended, reason, cancellationToken)) await calls.SetHangUpAsync(callId, null, cancellationToken);
            });
        }
        else if (result.Outcome is PhoneOutcome.Refused)
        {
            // The call goes on, and what it ends by is not this.
            await RedisFailures.IgnoreAsync(() => calls.SetHangUpAsync(callId, null, cancellationToken));
        }

        return result;
    }

    private static partial class Log
    {
        [LoggerMessage(1401, LogLevel.Information, "Call {CallId} is hung up ({Reason}): {Result}")]
        public static partial void HungUp(ILogger logger, string callId, string reason, PhoneResult result);
    }
}
