using Microsoft.Extensions.Options;
using VoiceBridge.CallControl.Acs;
using VoiceBridge.Cluster.Calls;

namespace VoiceBridge.CallControl.Calls;

/// <summary>A transfer of an answered call.</summary>
/// <param name="ToOverflow">Whether it is one to the overflow number, by us; otherwise the agent asked for it.</param>
/// <param name="Failed">Whether it was refused, or its target did not accept.</param>
/// <param name="Cause">What it was asked for with.</param>
/// <param name="At">When it was asked for.</param>
internal sealed record Transfer(bool ToOverflow, bool Failed, string Cause, DateTimeOffset At)
{
    /// <summary>Whether its target has accepted the call.</summary>
    public bool Accepted { get; init; }

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

    /// <summary>Longer than any phone rings: by then a transfer has taken the call away, or the notice of its failure is lost.</summary>
    private static readonly TimeSpan Memory = TimeSpan.FromSeconds(60);

    /// <summary>Whether there is a number for callers who cannot be served.</summary>
    public bool HasOverflow => options.Value.Overflow.Number is { Length: > 0 };

    /// <summary>
    /// Transfers to <paramref name="target"/>, a phone number or the raw id of an ACS user. <see cref="CallOutcome.Done"/> says that the service is trying,
    /// not that anybody has accepted. Works without Redis.
    /// </summary>
    public Task<CallResult> TransferAsync(string callId, string callConnectionId, string target, string cause, CancellationToken cancellationToken) =>
        AskAsync(callId, callConnectionId, target, RequestedEvent, cause, cancellationToken);

    /// <summary>
    /// Transfers a caller who cannot be served any more to the overflow number, once: where a transfer is under way, or that one has failed, that is the
    /// answer. <paramref name="cause"/> becomes the reason for the end of the call, should nobody accept. Refused while Redis is away: nobody would know that the
    /// caller is to be hung up when the number does not accept.
    /// </summary>
    public async Task<CallResult> SendToOverflowAsync(string callId, string callConnectionId, string cause, CancellationToken cancellationToken)
    {
        if (await RecentAsync(callId, cancellationToken) is { } asked && (asked.ToOverflow || !asked.Failed))
            return asked.Failed ? new CallResult(CallOutcome.Refused, Message: "The overflow number did not accept the call.") : CallResult.Success;
        return await AskAsync(callId, callConnectionId, options.Value.Overflow.Number!, OverflowEvent, cause, cancellationToken);
    }

    /// <summary>The call's latest transfer, while something may still come of it; null when there is none, and when Redis is away.</summary>
    public async Task<Transfer?> RecentAsync(string callId, CancellationToken cancellationToken)
    {
        var last = await RedisAway.AskAsync(() => LastAsync(callId, cancellationToken));
        return last is not null && time.GetUtcNow() - last.At < Memory ? last : null;
    }

    /// <summary>The call's latest transfer; null when there was none.</summary>
    public async Task<Transfer?> LastAsync(string callId, CancellationToken cancellationToken)
    {
        Transfer? last = null;
        foreach (var entry in await calls.ListEventsAsync(callId, cancellationToken))
        {
            last = entry.Kind switch
            {
                RequestedEvent => new Transfer(ToOverflow: false, Failed: false, entry.Text, entry.At),
                OverflowEvent => new Transfer(ToOverflow: true, Failed: false, entry.Text, entry.At),
                // Asked for while Redis was away.
                AcceptedEvent => (last ?? new Transfer(ToOverflow: false, Failed: false, "", entry.At)) with { Accepted = true },
                FailedEvent => last is null ? null : last with { Failed = true },
                _ => last,
            };
        }

        return last;
    }

    private async Task<CallResult> AskAsync(
        string callId, string callConnectionId, string target, string kind, string cause, CancellationToken cancellationToken)
    {
        if (!await NoteAsync(callId, kind, cause, cancellationToken) && kind == OverflowEvent) return CallResult.NoReply("Redis is away.");
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
