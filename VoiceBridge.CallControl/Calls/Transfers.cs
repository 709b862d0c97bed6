using Microsoft.Extensions.Options;
using VoiceBridge.CallControl.Acs;
using VoiceBridge.Cluster.Calls;

namespace VoiceBridge.CallControl.Calls;

/// <summary>A transfer of an answered call.</summary>
/// <param name="ToOverflow">Whether it is one to the overflow number, by us; otherwise the agent asked for it.</param>
/// <param name="Failed">Whether it was refused, or its target did not accept.</param>
/// <param name="Cause">What it was asked for with.</param>
internal sealed record Transfer(bool ToOverflow, bool Failed, string Cause)
{
    /// <summary>Why the call has ended, if it was this transfer that took it away.</summary>
    public string EndReason => ToOverflow ? Calls.EndReason.Overflow : Calls.EndReason.Transferred;
}

/// <summary>
/// Transfers calls, and leaves traces in their timelines by which a later end is understood on any replica: the phone service tells only
/// later, and not always, what came of it.
/// </summary>
internal sealed partial class Transfers(
    ICallAutomation automation, CallStore calls, IOptions<CallOptions> options, TimeProvider time, ILogger<Transfers> logger)
{
    public const string AcceptedEvent = "transfer_accepted";
    public const string FailedEvent = "transfer_failed";
    private const string RequestedEvent = "transfer_requested";
    private const string OverflowEvent = "overflow_requested";

    /// <summary>Whether there is a number for callers who cannot be served.</summary>
    public bool HasOverflow => options.Value.Overflow.Number is { Length: > 0 };

    /// <summary>
    /// Transfers to <paramref name="target"/>, a phone number or the raw id of an ACS user. <see cref="CallOutcome.Done"/> says that the service is trying,
    /// not that anybody has accepted. Works without Redis.
    /// </summary>
    public Task<CallResult> TransferAsync(string callId, string callConnectionId, string target, string cause, CancellationToken cancellationToken) =>
        AskAsync(callId, callConnectionId, target, RequestedEvent, cause, cancellationToken);

    /// <summary>
    /// Transfers a caller who cannot be served any more to the overflow number, once: where that is under way or has failed, that is the answer.
    /// <paramref name="cause"/> becomes the reason for the end of the call, should nobody accept.
    /// </summary>
    public async Task<CallResult> SendToOverflowAsync(string callId, string callConnectionId, string cause, CancellationToken cancellationToken)
    {
        if (await RedisAway.AskAsync(() => LastAsync(callId, cancellationToken)) is { ToOverflow: true } asked)
            return asked.Failed ? new CallResult(CallOutcome.Refused, Message: "The overflow number did not accept the call.") : CallResult.Success;
        return await AskAsync(callId, callConnectionId, options.Value.Overflow.Number!, OverflowEvent, cause, cancellationToken);
    }

    /// <summary>What is known of the call's latest transfer; null when there was none.</summary>
    public async Task<Transfer?> LastAsync(string callId, CancellationToken cancellationToken)
    {
        Transfer? last = null;
        foreach (var entry in await calls.ListEventsAsync(callId, cancellationToken))
        {
            last = entry.Kind switch
            {
                RequestedEvent => new Transfer(ToOverflow: false, Failed: false, entry.Text),
                OverflowEvent => new Transfer(ToOverflow: true, Failed: false, entry.Text),
                // Asked for while Redis was away.
                AcceptedEvent => last ?? new Transfer(ToOverflow: false, Failed: false, ""),
                FailedEvent => last is null ? null : last with { Failed = true },
                _ => last,
            };
        }

        return last;
    }

    private async Task<CallResult> AskAsync(
        string callId, string callConnectionId, string target, string kind, string cause, CancellationToken cancellationToken)
    {
        await NoteAsync(callId, kind, cause, cancellationToken);
        var result = await automation.TransferAsync(callConnectionId, target, callId, cancellationToken);
        Log.Asked(logger, callId, kind, result);
        if (!result.Ok) await NoteAsync(callId, FailedEvent, $"status {result.Status}", cancellationToken);
        return result;
    }

    private Task<bool> NoteAsync(string callId, string kind, string text, CancellationToken cancellationToken) =>
        RedisAway.TryAsync(() => calls.AddEventAsync(callId, new CallEvent(time.GetUtcNow(), kind, text), cancellationToken));

    private static partial class Log
    {
        [LoggerMessage(1412, LogLevel.Information, "Transfer of call {CallId} ({Kind}): {Result}")]
        public static partial void Asked(ILogger logger, string callId, string kind, CallResult result);
    }
}
