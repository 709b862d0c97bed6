using System.Globalization;
using VoiceBridge.Cluster.Calls;
using VoiceBridge.ServiceDefaults.Telemetry;

namespace VoiceBridge.CallControl.Calls.Ringing;

/// <summary>One ringing call, from its claim to an answer, a busy tone, or the overflow number.</summary>
internal sealed partial class CallAnswering(
    IPhoneService phone, CallAdmission admission, AnswerRequests requests, CallRefusal refusal, CallStore calls,
    CallEnding ending, CallWork work, TimeProvider time, ILogger<CallAnswering> logger)
{
    /// <summary>How long a record that could not be written is worth writing.</summary>
    private static readonly TimeSpan OfflineMemory = TimeSpan.FromMinutes(10);

    private static readonly TimeSpan WorthNoting = TimeSpan.FromSeconds(1);

    /// <param name="call">The call.</param>
    /// <param name="lease">This replica's claim of it; none in offline mode.</param>
    public async Task RunAsync(IncomingCall call, CallLease? lease)
    {
        using var activity = VoiceBridgeTelemetry.Source.StartActivity(
            "answer call", System.Diagnostics.ActivityKind.Internal, CallTrace.ContextOf(call.CallId));
        using var scope = CallScope.Begin(logger, call.CallId, call.CorrelationId, call.Network);
        using var waiting = CancellationTokenSource.CreateLinkedTokenSource(work.Stopping, lease?.Lost ?? CancellationToken.None);

        if (time.GetUtcNow() >= call.RingsUntil)
        {
            Log.TooLate(logger, call.CallId, (time.GetUtcNow() - call.RangAt).TotalSeconds);
            await FinishAsync(call, () => ending.TryEndAsync(call.CallId, CallState.Ended, EndReason.Missed, hadSlot: false, work.Abandoned));
            return;
        }

        AdmissionVerdict verdict;
        try
        {
            waiting.Token.ThrowIfCancellationRequested();
            verdict = await admission.WaitAsync(call, waiting.Token);
        }
        catch (OperationCanceledException) when (waiting.IsCancellationRequested)
        {
            // It keeps its place in the queue, which is the call's and not the replica's.
            if (lease is not null)
            {
                if (work.Stopping.IsCancellationRequested) Log.HandedOver(logger, call.CallId);
                lease.Finished = false;
            }
            else
            {
                // Nobody else knows of it, and its event will not come again: busy is better than ringing out.
                await refusal.RefuseAsync(call, new AdmissionVerdict(Admitted: false, Offline: true, "stopping"), work.Abandoned);
            }

            return;
        }

        await NoteWaitAsync(call, verdict);
        await FinishAsync(call, () => verdict.Admitted ? AnswerAsync(call, verdict) : refusal.RefuseAsync(call, verdict, work.Abandoned));
    }

    /// <summary>How long it waited for a slot, where that was long, and what for where it never came. A caller who is let in does not wait for our books.</summary>
    private async Task NoteWaitAsync(IncomingCall call, AdmissionVerdict verdict)
    {
        var waited = time.GetUtcNow() - call.RangAt;
        if (verdict.Admitted && waited < WorthNoting) return;
        var text = string.Create(CultureInfo.InvariantCulture, $"{(verdict.Admitted ? "" : $"{verdict.Why}: ")}after {waited.TotalSeconds:F1} s");
        var noted = RedisFailures.IgnoreAsync(() => calls.AddEventAsync(call.CallId, new CallEvent(time.GetUtcNow(), "waited", text), work.Abandoned));
        if (!verdict.Admitted) await noted;
    }

    private async Task FinishAsync(IncomingCall call, Func<Task> action)
    {
        try
        {
            await action();
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            // A setting that is missing, a mistake of ours: the slot must not stay taken, and trying again would not help.
            Log.Failed(logger, exception, call.CallId);
            await ending.TryEndAsync(call.CallId, CallState.Ended, EndReason.Error, hadSlot: true, work.Abandoned);
        }
    }

    private async Task AnswerAsync(IncomingCall call, AdmissionVerdict verdict)
    {
        // Beside the answer: the caller does not wait for our books.
        var answering = RedisFailures.IgnoreAsync(() => calls.AdvanceAsync(call.CallId, CallState.Answering, CallChange.Of(call.ToRecord()), work.Abandoned));
        var answered = await phone.AnswerAsync(requests.Of(call), work.Abandoned);
        var written = await answering;

        if (!answered.Ok)
        {
            await FailedAsync(call, verdict, answered.Result);
            return;
        }

        Log.Answered(logger, call.CallId, (time.GetUtcNow() - call.RangAt).TotalMilliseconds, verdict.Why);
        var change = CallChange.Of(call.ToRecord()) with
        {
            AnsweredAt = time.GetUtcNow(),
            CallConnectionId = answered.Value?.CallConnectionId,
            ServerCallId = answered.Value?.ServerCallId ?? call.ServerCallId,
        };
        var text = string.Create(CultureInfo.InvariantCulture, $"after {Math.Max(0, (change.AnsweredAt!.Value - call.RangAt).TotalMilliseconds):F0} ms");
        if (written && await RedisFailures.IgnoreAsync(() => WriteAsync(call.CallId, change, text))) return;
        work.Start(call.CallId, () => RedisFailures.RetryAsync(() => WriteAsync(call.CallId, change, text), OfflineMemory, time, work.Stopping));
    }

    private async Task WriteAsync(string callId, CallChange change, string text)
    {
        // Advancing writes a record where there is none yet; where there is one that has come further, this only adds to it.
        if (!await calls.AdvanceAsync(callId, CallState.Answering, change, work.Abandoned))
            await calls.UpdateAsync(callId, change, work.Abandoned);
        await calls.AddEventAsync(callId, new CallEvent(change.AnsweredAt ?? time.GetUtcNow(), "answered", text), work.Abandoned);
    }

    private async Task FailedAsync(IncomingCall call, AdmissionVerdict verdict, PhoneResult result)
    {
        // The service may hold an answer for one that failed although it is the answer of another replica, or of a try whose reply was lost.
        if (await RedisFailures.ReadOrNullAsync(() => calls.GetAsync(call.CallId, work.Abandoned)) is { IsAnswered: true })
        {
            Log.AnsweredAlready(logger, call.CallId, result);
            return;
        }

        var gone = result.Outcome is PhoneOutcome.Gone || result.Status is 409 or 412 || time.GetUtcNow() >= call.RingsUntil;
        if (result.Outcome is PhoneOutcome.Denied) Log.Denied(logger, call.CallId, result);
        else Log.NotAnswered(logger, call.CallId, result);
        // It still rings: better another number, or a busy tone, than a phone that rings out.
        if (!gone)
        {
            await refusal.RefuseAsync(call, verdict with { Why = EndReason.AnswerFailed }, work.Abandoned);
            return;
        }

        await ending.TryEndAsync(call.CallId, CallState.Ended, EndReason.Missed, hadSlot: true, work.Abandoned);
    }

    private static partial class Log
    {
        [LoggerMessage(1220, LogLevel.Error, "Call {CallId} could not be answered")]
        public static partial void Failed(ILogger logger, Exception exception, string callId);

        [LoggerMessage(1221, LogLevel.Information, "Call {CallId} is answered {Milliseconds:F0} ms after it rang ({Admission})")]
        public static partial void Answered(ILogger logger, string callId, double milliseconds, string admission);

        [LoggerMessage(1222, LogLevel.Warning, "The event of call {CallId} is {Seconds:F0} s old: the phone has stopped ringing, or a clock is wrong")]
        public static partial void TooLate(ILogger logger, string callId, double seconds);

        [LoggerMessage(1223, LogLevel.Information, "Call {CallId} is left to another replica, this one stops")]
        public static partial void HandedOver(ILogger logger, string callId);

        [LoggerMessage(1224, LogLevel.Warning, "Call {CallId} could not be answered: {Result}")]
        public static partial void NotAnswered(ILogger logger, string callId, PhoneResult result);

        [LoggerMessage(1225, LogLevel.Error, "Call {CallId} could not be answered, our credentials (Acs:ConnectionString or Acs:Endpoint) are refused: {Result}")]
        public static partial void Denied(ILogger logger, string callId, PhoneResult result);

        [LoggerMessage(1226, LogLevel.Information, "Call {CallId} had been answered already: {Result}")]
        public static partial void AnsweredAlready(ILogger logger, string callId, PhoneResult result);
    }
}
