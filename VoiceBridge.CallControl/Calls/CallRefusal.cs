using Microsoft.Extensions.Options;
using VoiceBridge.CallControl.Acs;
using VoiceBridge.CallControl.Tickets;
using VoiceBridge.Cluster.Calls;

namespace VoiceBridge.CallControl.Calls;

/// <summary>What a caller gets for whom there is no room: the overflow number, or the busy tone.</summary>
internal sealed partial class CallRefusal(
    ICallAutomation automation, CallStore calls, CallEnds ends, IOptions<CallOptions> options, ILogger<CallRefusal> logger)
{
    public async Task RefuseAsync(IncomingCall call, AdmissionVerdict verdict, CancellationToken cancellationToken)
    {
        if (options.Value.Overflow.Number is { Length: > 0 } number)
        {
            var redirected = await automation.RedirectAsync(AnswerRequests.Ringing(call, "redirect"), number, cancellationToken);
            Log.Redirected(logger, call.CallId, verdict.Why, redirected);
            if (redirected.Ok || redirected.Outcome is CallOutcome.Gone)
            {
                var reason = redirected.Ok ? EndReason.Overflow : EndReason.Missed;
                await ends.TryEndAsync(call.CallId, CallState.Rejected, reason, hadSlot: false, cancellationToken);
                return;
            }
        }

        var rejected = await automation.RejectAsync(AnswerRequests.Ringing(call, "reject"), cancellationToken);
        if (!rejected.Ok && await RedisAway.AskAsync(() => calls.GetAsync(call.CallId, cancellationToken)) is { IsAnswered: true })
        {
            // By another replica, which took this one for dead or had the same event without Redis.
            Log.Answered(logger, call.CallId, rejected);
            return;
        }

        Log.Rejected(logger, call.CallId, verdict.Why, rejected);
        // A caller who has hung up is gone; any other failure lets the phone ring out, and was busy as far as we are concerned.
        var end = rejected.Outcome is CallOutcome.Gone ? EndReason.Missed : EndReason.Busy;
        await ends.TryEndAsync(call.CallId, CallState.Rejected, end, hadSlot: false, cancellationToken);
    }

    private static partial class Log
    {
        [LoggerMessage(1233, LogLevel.Information, "Call {CallId} was to be rejected, but it has been answered: {Result}")]
        public static partial void Answered(ILogger logger, string callId, CallResult result);

        [LoggerMessage(1231, LogLevel.Warning, "No room for call {CallId} ({Why}): rejected as busy: {Result}")]
        public static partial void Rejected(ILogger logger, string callId, string why, CallResult result);

        [LoggerMessage(1232, LogLevel.Warning, "No room for call {CallId} ({Why}): redirected to the overflow number: {Result}")]
        public static partial void Redirected(ILogger logger, string callId, string why, CallResult result);
    }
}
