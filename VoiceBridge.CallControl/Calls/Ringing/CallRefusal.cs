using Microsoft.Extensions.Options;
using VoiceBridge.Cluster.Calls;

namespace VoiceBridge.CallControl.Calls.Ringing;

/// <summary>What a caller gets for whom there is no room: the overflow number, or the busy tone.</summary>
internal sealed partial class CallRefusal(
    IPhoneService phone, CallStore calls, CallEnding ending, IOptions<CallOptions> options, TimeProvider time, ILogger<CallRefusal> logger)
{
    // While Redis is away; with it all replicas share what they know.
    private readonly SeenIds _redirected = new(capacity: 10_000, keep: TimeSpan.FromMinutes(1), time);

    public async Task RefuseAsync(IncomingCall call, AdmissionVerdict verdict, CancellationToken cancellationToken)
    {
        if (options.Value.Overflow.Number is { Length: > 0 } number && await MayRedirectAsync(call, number, cancellationToken))
        {
            var redirected = await phone.RedirectAsync(AnswerRequests.Ringing(call, "redirect"), number, cancellationToken);
            Log.Redirected(logger, call.CallId, verdict.Why, redirected);
            if (redirected.Ok || redirected.Outcome is PhoneOutcome.Gone)
            {
                var reason = redirected.Ok ? EndReason.Overflow : EndReason.Missed;
                await ending.TryEndAsync(call.CallId, CallState.Rejected, reason, hadSlot: verdict.Admitted, cancellationToken);
                return;
            }
        }

        var rejected = await phone.RejectAsync(AnswerRequests.Ringing(call, "reject"), cancellationToken);
        if (!rejected.Ok && await RedisFailures.ReadOrNullAsync(() => calls.GetAsync(call.CallId, cancellationToken)) is { IsAnswered: true })
        {
            // By another replica, which took this one for dead or had the same event without Redis.
            Log.Answered(logger, call.CallId, rejected);
            return;
        }

        Log.Rejected(logger, call.CallId, verdict.Why, rejected);
        // A caller who has hung up is gone; any other failure lets the phone ring out, and was busy as far as we are concerned.
        var end = rejected.Outcome is PhoneOutcome.Gone ? EndReason.Missed
            : verdict.Why == EndReason.AnswerFailed ? EndReason.AnswerFailed : EndReason.Busy;
        await ending.TryEndAsync(call.CallId, CallState.Rejected, end, hadSlot: verdict.Admitted, cancellationToken);
    }

    /// <summary>Not to the number that was dialled, and no call twice.</summary>
    private async Task<bool> MayRedirectAsync(IncomingCall call, string number, CancellationToken cancellationToken)
    {
        var may = call.To != number && _redirected.TryAdd(call.CorrelationId.Length > 0 ? call.CorrelationId : call.CallId);
        if (may) await RedisFailures.IgnoreAsync(async () => may = await calls.TryRedirectAsync(call.CorrelationId, call.From, call.To, cancellationToken));
        if (!may) Log.Loop(logger, call.CallId);
        return may;
    }

    private static partial class Log
    {
        [LoggerMessage(1234, LogLevel.Error, "Call {CallId} has come back from the overflow number, or was dialled to it: Overflow:Number must not lead to a number that we answer")]
        public static partial void Loop(ILogger logger, string callId);

        [LoggerMessage(1233, LogLevel.Information, "Call {CallId} was to be rejected, but it has been answered: {Result}")]
        public static partial void Answered(ILogger logger, string callId, PhoneResult result);

        [LoggerMessage(1231, LogLevel.Warning, "No room for call {CallId} ({Why}): rejected as busy: {Result}")]
        public static partial void Rejected(ILogger logger, string callId, string why, PhoneResult result);

        [LoggerMessage(1232, LogLevel.Warning, "No room for call {CallId} ({Why}): redirected to the overflow number: {Result}")]
        public static partial void Redirected(ILogger logger, string callId, string why, PhoneResult result);
    }
}
