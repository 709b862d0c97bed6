using Microsoft.Extensions.Options;
using VoiceBridge.Cluster.Calls;
using VoiceBridge.ServiceDefaults.Privacy;

namespace VoiceBridge.CallControl.Calls.Ending;

/// <summary>
/// Transfers calls. What is asked for, and what comes of it, is part of the call's record, so that any replica understands a later end: the phone service tells only
/// later, and not always.
/// </summary>
internal sealed partial class Transfers(
    IPhoneService phone, CallStore calls, CallerIdPrivacy privacy, IOptions<CallOptions> options, TimeProvider time, ILogger<Transfers> logger)
{
    public const string AcceptedEvent = "transfer_accepted";
    public const string FailedEvent = "transfer_failed";
    private const string RequestedEvent = "transfer_requested";
    private const string TargetEvent = "transfer_target";
    private const string OverflowEvent = "overflow_requested";

    /// <summary>Longer than any phone rings: by then a transfer has taken the call away, or the notice of its failure is lost.</summary>
    private static readonly TimeSpan Memory = TimeSpan.FromSeconds(60);

    /// <summary>Whether there is a number for callers who cannot be served.</summary>
    public bool HasOverflow => options.Value.Overflow.Number is { Length: > 0 };

    /// <summary>
    /// Transfers to <paramref name="target"/>, a phone number or the raw id of an ACS user. <see cref="PhoneOutcome.Done"/> says that the service is trying,
    /// not that anybody has accepted. Works without Redis. Numbers that <c>Transfer:AllowedPrefixes</c> does not name are refused, whoever asks.
    /// </summary>
    /// <param name="callId">The call.</param>
    /// <param name="callConnectionId">The service's id of it.</param>
    /// <param name="target">Where to.</param>
    /// <param name="cause">Why, for the timeline.</param>
    /// <param name="requestId">Names the request: the same one, sent again, is the same transfer, whichever replica it reaches. Empty: it is another one each time.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<PhoneResult> TransferAsync(
        string callId, string callConnectionId, string target, string cause, string requestId, CancellationToken cancellationToken)
    {
        if (!Allows(target))
        {
            Log.NotAllowed(logger, callId, privacy.Format(target));
            return new PhoneResult(PhoneOutcome.Refused, Message: "target: not one of the numbers that Transfer:AllowedPrefixes names.");
        }

        if (await RedisFailures.ReadOrNullAsync(() => calls.GetAsync(callId, cancellationToken)) is { } record && record.To == target)
            return new PhoneResult(PhoneOutcome.Refused, Message: "target: is the number that the caller has dialled, and leads back to us.");
        if (requestId.Length == 0) requestId = Guid.NewGuid().ToString("N");
        var (begun, transfer) = await BeginAsync(callId, toOverflow: false, cause, requestId, cancellationToken)
            ?? (true, new CallTransfer(ToOverflow: false, Failed: false, Accepted: false, cause, time.GetUtcNow(), requestId));
        return begun ? await AskAsync(callId, callConnectionId, target, transfer, cancellationToken) : Answer(transfer);
    }

    // Users of the resource are not called by telephone.
    private bool Allows(string target) =>
        options.Value.Transfer.AllowedPrefixes is not { Count: > 0 } prefixes || !PhoneNumber.IsE164(target)
        || prefixes.Any(prefix => target.StartsWith(prefix, StringComparison.Ordinal));

    /// <summary>
    /// Transfers a caller who cannot be served any more to the overflow number, once: where a transfer is under way, or that one has failed, that is the
    /// answer. <paramref name="cause"/> becomes the reason for the end of the call, should nobody accept. Refused while Redis is away: nobody would know that the
    /// caller is to be hung up when the number does not accept.
    /// </summary>
    public async Task<PhoneResult> SendToOverflowAsync(string callId, string callConnectionId, string cause, CancellationToken cancellationToken)
    {
        if (await BeginAsync(callId, toOverflow: true, cause, "overflow", cancellationToken) is not var (begun, transfer)) return PhoneResult.NoReply("Redis is away.");
        if (!begun) return Answer(transfer);
        var result = await AskAsync(callId, callConnectionId, options.Value.Overflow.Number!, transfer, cancellationToken);
        // Perhaps it is under way: whoever looks after the call waits for what comes of it, and hangs up when nothing does.
        return result.Outcome is PhoneOutcome.Unavailable ? PhoneResult.Success : result;
    }

    /// <summary>The call's transfer while something may still come of it; null when there is none.</summary>
    public CallTransfer? Recent(CallRecord? call) => call?.Transfer is { } transfer && time.GetUtcNow() - transfer.At < Memory ? transfer : null;

    /// <summary>Why the call has ended, if it was this transfer that took it away.</summary>
    public static string EndReasonOf(CallTransfer transfer) => transfer.ToOverflow ? EndReason.Overflow : EndReason.Transferred;

    private static PhoneResult Answer(CallTransfer transfer) => !transfer.Failed ? PhoneResult.Success : new PhoneResult(
        PhoneOutcome.Refused, Message: transfer.ToOverflow ? "The overflow number did not accept the call." : "The transfer has failed.");

    /// <summary>Null when Redis is away.</summary>
    private async Task<(bool Begun, CallTransfer Transfer)?> BeginAsync(
        string callId, bool toOverflow, string cause, string requestId, CancellationToken cancellationToken)
    {
        (bool, CallTransfer)? begun = null;
        await RedisFailures.IgnoreAsync(async () => begun = await calls.BeginTransferAsync(callId, toOverflow, cause, requestId, cancellationToken));
        return begun;
    }

    private async Task<PhoneResult> AskAsync(
        string callId, string callConnectionId, string target, CallTransfer transfer, CancellationToken cancellationToken)
    {
        var kind = transfer.ToOverflow ? OverflowEvent : RequestedEvent;
        await NoteAsync(callId, kind, transfer.Cause, cancellationToken);
        var pair = RepeatableRequests.For(callId, $"transfer {transfer.RequestId}", transfer.At);
        var result = await phone.TransferAsync(callConnectionId, target, callId, pair, cancellationToken);
        // What a telephone bill is settled with.
        Log.Asked(logger, callId, privacy.Format(target), kind, result);
        await NoteAsync(callId, TargetEvent, privacy.Format(target), cancellationToken);
        // Without a reply nobody knows: the target may be ringing.
        if (result.Ok || result.Outcome is PhoneOutcome.Unavailable) return result;
        await NoteAsync(callId, FailedEvent, $"status {result.Status}", cancellationToken);
        await RedisFailures.IgnoreAsync(() => calls.EndTransferAsync(callId, accepted: false, cancellationToken));
        return result;
    }

    private Task<bool> NoteAsync(string callId, string kind, string text, CancellationToken cancellationToken) =>
        RedisFailures.IgnoreAsync(() => calls.AddEventAsync(callId, new CallEvent(time.GetUtcNow(), kind, text), cancellationToken));

    private static partial class Log
    {
        [LoggerMessage(1412, LogLevel.Information, "Transfer of call {CallId} to {Target} ({Kind}): {Result}")]
        public static partial void Asked(ILogger logger, string callId, string target, string kind, PhoneResult result);

        [LoggerMessage(1413, LogLevel.Warning, "Refused to transfer call {CallId} to {Target}: Transfer:AllowedPrefixes does not name it")]
        public static partial void NotAllowed(ILogger logger, string callId, string target);
    }
}
