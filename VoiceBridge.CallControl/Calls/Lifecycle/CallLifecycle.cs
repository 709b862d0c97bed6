using VoiceBridge.Cluster.Calls;
using VoiceBridge.Cluster.Events;
using VoiceBridge.ServiceDefaults.Telemetry;

namespace VoiceBridge.CallControl.Calls.Lifecycle;

/// <summary>
/// Follows a call by what the phone service tells of it. States only go forward, so order and repetition do not matter. A notice is
/// acknowledged at once and written afterwards, again and again while Redis is away.
/// </summary>
internal sealed partial class CallLifecycle(
    CallStore calls, CallEnding ending, CallTermination termination, OfflineAllowance offline, MediaLoss mediaLoss, CallRecovery recovery, CallCounters counters,
    ClusterEvents events, CallWork work, TimeProvider time, ILogger<CallLifecycle> logger)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly SeenIds _seen = new(capacity: 50_000, keep: TimeSpan.FromMinutes(10), time);

    public void Handle(IReadOnlyList<CallNotice> notices)
    {
        foreach (var notice in notices)
        {
            if (!_seen.TryAdd($"{notice.CallId}/{notice.Id}")) continue;
            if (notice.Kind is CallNoticeKind.Disconnected or CallNoticeKind.AnswerFailed or CallNoticeKind.GaveUp or CallNoticeKind.TransferredAway)
                offline.GiveBack(notice.CallId, wasConnected: notice.Kind is CallNoticeKind.Disconnected or CallNoticeKind.TransferredAway);
            work.Start(notice.CallId, () => HandleAsync(notice));
        }
    }

    private async Task HandleAsync(CallNotice notice)
    {
        using var activity = VoiceBridgeTelemetry.Source.StartActivity(
            "call notice", System.Diagnostics.ActivityKind.Internal, CallTrace.ContextOf(notice.CallId));
        activity?.SetTag("kind", notice.Kind.ToString());
        activity?.DisplayName = $"call notice: {notice.Kind}";
        using var scope = CallScope.Begin(logger, notice.CallId, notice.CorrelationId, notice.Network);
        Log.Notice(logger, notice.CallId, notice.Kind, notice.Detail);
        if (await RedisFailures.IgnoreAsync(() => ApplyAsync(notice))) return;
        // Nobody can tell whose the call is, but without media its caller is in silence.
        if (notice is { Kind: CallNoticeKind.MediaStopped or CallNoticeKind.MediaFailed, CallConnectionId: { } connectionId })
            await recovery.OfferSocketAsync(notice.CallId, connectionId);
        if (!await RedisFailures.RetryAsync(() => ApplyAsync(notice), Patience, time, work.Stopping)) Log.Lost(logger, notice.CallId, notice.Kind);
    }

    private Task ApplyAsync(CallNotice notice) => notice.Kind switch
    {
        CallNoticeKind.Connected => ConnectedAsync(notice),
        CallNoticeKind.Disconnected => DisconnectedAsync(notice),
        CallNoticeKind.AnswerFailed => ending.EndAsync(notice.CallId, CallState.Ended, EndReason.AnswerFailed, work.Abandoned),
        CallNoticeKind.GaveUp => ending.EndAsync(notice.CallId, CallState.Ended, EndReason.Missed, work.Abandoned),
        CallNoticeKind.MediaStarted => NoteAsync(notice, "media_started"),
        CallNoticeKind.MediaEnded => NoteAsync(notice, "media_ended"),
        CallNoticeKind.MediaStopped => MediaGoneAsync(notice, "media_stopped"),
        CallNoticeKind.MediaFailed => MediaFailedAsync(notice),
        CallNoticeKind.TransferAccepted => TransferredAsync(notice),
        CallNoticeKind.TransferFailed => TransferFailedAsync(notice),
        CallNoticeKind.TransferredAway => TransferredAwayAsync(notice),
        _ => Task.CompletedTask,
    };

    private async Task ConnectedAsync(CallNotice notice)
    {
        var now = time.GetUtcNow();
        var change = Ids(notice) with { ConnectedAt = now, TraceId = notice.CallId };
        if (!await calls.AdvanceAsync(notice.CallId, CallState.Connected, change, work.Abandoned))
        {
            if (await calls.GetAsync(notice.CallId, work.Abandoned) is { ConnectedAt: null } record) await HangUpLateAsync(record, notice);
            return;
        }

        VoiceBridgeTelemetry.Calls.Add(1, new("outcome", "answered"), new("type", notice.Network));
        counters.Add("answered");
        await NoteAsync(notice, "connected");
    }

    private async Task DisconnectedAsync(CallNotice notice)
    {
        // A transfer that was accepted is why the call leaves us; its notice may still come, and says so then. While it rings, the caller may hang up.
        var record = await calls.GetAsync(notice.CallId, work.Abandoned);
        if (IsOfAnother(record, notice)) return;
        var left = record?.Transfer is { Failed: false } transfer && (transfer.Accepted || transfer.ToOverflow) ? Transfers.EndReasonOf(transfer) : EndReason.CallerHungUp;
        var reason = record?.EndReason ?? record?.HangUpReason ?? left;
        if (record is { State: CallState.Ringing or CallState.Answering }) await calls.UpdateAsync(notice.CallId, Ids(notice), work.Abandoned);
        await ending.EndAsync(notice.CallId, CallState.Ended, reason, work.Abandoned);
    }

    private async Task TransferredAsync(CallNotice notice)
    {
        await calls.EndTransferAsync(notice.CallId, accepted: true, work.Abandoned);
        await NoteAsync(notice, Transfers.AcceptedEvent);
    }

    private async Task TransferredAwayAsync(CallNotice notice)
    {
        await TransferredAsync(notice);
        await DisconnectedAsync(notice);
    }

    private async Task TransferFailedAsync(CallNotice notice)
    {
        await calls.EndTransferAsync(notice.CallId, accepted: false, work.Abandoned);
        await NoteAsync(notice, Transfers.FailedEvent);
    }

    /// <summary>
    /// The call was given up, and was answered all the same: its answer's reply was late or lost. Nobody else would end it. One that the service has ended meanwhile is gone,
    /// which does no harm to ask.
    /// </summary>
    private async Task HangUpLateAsync(CallRecord record, CallNotice notice)
    {
        if (record.State is not (CallState.Ended or CallState.Rejected) || notice.CallConnectionId is not { } connectionId) return;
        Log.AnsweredTooLate(logger, notice.CallId, record.EndReason ?? "");
        await termination.HangUpAsync(notice.CallId, connectionId, "answered_too_late", work.Abandoned);
    }

    /// <summary>Often every call's trouble, not this one's: the address is wrong or not public. Operators are told.</summary>
    private async Task MediaFailedAsync(CallNotice notice)
    {
        await events.PublishAsync(new ClusterEvent("alert", notice.CallId, null, $"The phone network ({notice.Network}) cannot reach the media address: {notice.Detail}"), work.Abandoned);
        await MediaGoneAsync(notice, "media_failed");
    }

    private async Task MediaGoneAsync(CallNotice notice, string kind)
    {
        var record = await calls.GetAsync(notice.CallId, work.Abandoned);
        if (IsOfAnother(record, notice)) return;
        if (record is null && notice.CallConnectionId is not null)
        {
            // Redis was emptied, and no gateway has announced the call. What the notice says of it is enough to bring its media back; a call that is over
            // is found out by the first step of that.
            Log.Forgotten(logger, notice.CallId);
            await calls.AdvanceAsync(notice.CallId, CallState.Connected, Ids(notice) with { Type = notice.Network, ConnectedAt = time.GetUtcNow(), TraceId = notice.CallId }, work.Abandoned);
            record = await calls.GetAsync(notice.CallId, work.Abandoned);
        }

        if (record is { State: CallState.Ended or CallState.Rejected, ConnectedAt: null }) await HangUpLateAsync(record, notice);
        if (record is not { State: not (CallState.Ended or CallState.Rejected) }) return;
        await NoteAsync(notice, kind);
        await mediaLoss.ReportedAsync(record, notice.At, failed: notice.Kind is CallNoticeKind.MediaFailed, work.Abandoned);
    }

    /// <summary>Whether the notice is about another call than the one that its address names: it must not end this one, nor move it.</summary>
    private bool IsOfAnother(CallRecord? record, CallNotice notice)
    {
        if (record?.CallConnectionId is not { } known || notice.CallConnectionId is not { } told || known == told) return false;
        Log.OfAnother(logger, notice.CallId, notice.Kind);
        return true;
    }

    private Task NoteAsync(CallNotice notice, string kind) =>
        calls.AddEventAsync(notice.CallId, new CallEvent(time.GetUtcNow(), kind, notice.Detail), work.Abandoned);

    private static CallChange Ids(CallNotice notice) => new()
    {
        CallConnectionId = notice.CallConnectionId,
        ServerCallId = notice.ServerCallId,
        CorrelationId = notice.CorrelationId,
    };

    private static partial class Log
    {
        [LoggerMessage(1311, LogLevel.Information, "Call {CallId}: {Kind} {Detail}")]
        public static partial void Notice(ILogger logger, string callId, CallNoticeKind kind, string detail);

        [LoggerMessage(1314, LogLevel.Warning, "Call {CallId} was given up ({Reason}) and is answered all the same: hanging up")]
        public static partial void AnsweredTooLate(ILogger logger, string callId, string reason);

        [LoggerMessage(1313, LogLevel.Warning, "Call {CallId} was not known any more when its media were lost")]
        public static partial void Forgotten(ILogger logger, string callId);

        [LoggerMessage(1315, LogLevel.Warning, "Call {CallId}: {Kind} names another call connection, and is left aside")]
        public static partial void OfAnother(ILogger logger, string callId, CallNoticeKind kind);

        [LoggerMessage(1312, LogLevel.Error, "Call {CallId}: {Kind} could not be written, Redis stayed away")]
        public static partial void Lost(ILogger logger, string callId, CallNoticeKind kind);
    }
}
