using System.Diagnostics;
using VoiceBridge.Cluster.Admission;
using VoiceBridge.Cluster.Calls;
using VoiceBridge.ServiceDefaults.Telemetry;

namespace VoiceBridge.CallControl.Calls.Ending;

/// <summary>Ends calls in the cluster's books: exactly one replica counts each, and nothing that was held for the call stays held.</summary>
internal sealed partial class CallEnding(
    CallStore calls, AdmissionQueue admission, OfflineAllowance offline, CallCounters counters, TimeProvider time, ILogger<CallEnding> logger)
{
    /// <summary>
    /// Writes the end. The first reason that was written for the call stays. True when it was this one that ended it.
    /// Throws what Redis throws while it is away; everything in here can be repeated.
    /// </summary>
    public async Task<bool> EndAsync(string callId, CallState to, string reason, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        await admission.CancelAsync(callId, cancellationToken);
        if (!await calls.AdvanceAsync(callId, to, new CallChange { EndReason = reason, EndedAt = now }, cancellationToken)) return false;

        var record = await calls.GetAsync(callId, cancellationToken);
        var final = record?.EndReason ?? reason;
        Log.Ended(logger, callId, final);
        using (var activity = VoiceBridgeTelemetry.Source.StartActivity("end call", ActivityKind.Internal, CallTrace.ContextOf(callId)))
            activity?.SetTag("voicebridge.end_reason", final);
        await calls.AddEventAsync(callId, new CallEvent(now, to is CallState.Rejected ? "rejected" : "ended", final), cancellationToken);
        // A browser's call is no caller's.
        if (record is { IsPhoneCall: false }) return true;
        var outcome = Outcome(to, final);
        if (outcome is not null) VoiceBridgeTelemetry.Calls.Add(1, new("outcome", outcome), new("type", record?.Type));
        if (outcome is not "failed") counters.Add(outcome switch { "rejected" => "rejected_busy", null => "ended", _ => outcome });
        counters.AddEnd(final, wasAnswered: record?.ConnectedAt is not null, record?.Cost ?? 0);
        return true;
    }

    /// <summary>The same when it does not matter here whether Redis is there: the slot of offline mode is given back either way.</summary>
    public async Task TryEndAsync(string callId, CallState to, string reason, bool hadSlot, CancellationToken cancellationToken)
    {
        if (hadSlot) offline.GiveBack(callId, wasConnected: false);
        await RedisFailures.IgnoreAsync(() => EndAsync(callId, to, reason, cancellationToken));
    }

    /// <summary>The outcome that CallControl counts; null for calls that ran, which were counted as answered.</summary>
    private static string? Outcome(CallState to, string reason) => reason switch
    {
        EndReason.Busy => "rejected",
        EndReason.Overflow when to is CallState.Rejected => "redirected",
        EndReason.Missed => "missed",
        EndReason.AnswerFailed => "failed",
        _ => null,
    };

    private static partial class Log
    {
        [LoggerMessage(1201, LogLevel.Information, "Call {CallId} ended: {Reason}")]
        public static partial void Ended(ILogger logger, string callId, string reason);
    }
}
