using Microsoft.Extensions.Options;
using VoiceBridge.Cluster.Calls;
using VoiceBridge.ServiceDefaults.Telemetry;

namespace VoiceBridge.CallControl.Calls.Recovery;

/// <summary>Takes one call down the ladder of <see cref="RecoveryMachine"/>, under the lease of whoever found it.</summary>
internal sealed partial class CallRecovery(
    CallStore calls, CallEnding ending, CallTermination termination, Transfers transfers, IPhoneService phone, IOptions<CallOptions> options, CallWork work,
    TimeProvider time, ILogger<CallRecovery> logger)
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(200);

    private readonly SeenIds _offered = new(capacity: 10_000, keep: TimeSpan.FromSeconds(30), time);

    public async Task RunAsync(CallRecord call, CallLease lease)
    {
        using var activity = VoiceBridgeTelemetry.Source.StartActivity(
            "recover call", System.Diagnostics.ActivityKind.Internal, CallTrace.ContextOf(call.CallId));
        using var scope = CallScope.Begin(logger, call.CallId, call.CorrelationId);
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(work.Stopping, lease.Lost);
        try
        {
            await RunLadderAsync(call, stopping.Token);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // At once to another replica when this one stops.
            lease.Finished = false;
        }
    }

    /// <summary>Redis is away, and a call's media are gone: it is offered a new socket. Nothing that would cut a call which has one already; once for each call.</summary>
    public async Task OfferSocketAsync(string callId, string callConnectionId)
    {
        if (!_offered.TryAdd(callId)) return;
        var plan = new RecoveryPlan(TimeSpan.FromSeconds(options.Value.Recovery.Seconds), HasOverflow: false);
        await Task.Delay(plan.Settling, time, work.Stopping);
        var asked = await phone.GetAsync(callConnectionId, work.Abandoned);
        if (asked.Outcome is PhoneOutcome.Gone || asked.Value?.Ended == true) return;
        await Task.Delay(plan.Reconnecting, time, work.Stopping);
        Log.Moved(logger, callId, RecoveryMove.StartMedia, await phone.StartMediaAsync(callConnectionId, work.Abandoned));
    }

    private async Task RunLadderAsync(CallRecord call, CancellationToken stopping)
    {
        var plan = new RecoveryPlan(TimeSpan.FromSeconds(options.Value.Recovery.Seconds), transfers.HasOverflow);
        // The first socket may be under way still: the service has more to do for it than for a reconnect.
        if (call.Generation == 0) plan = plan with { Reconnecting = TimeSpan.FromSeconds(3) };
        var lostAt = call.MediaLostAt ?? time.GetUtcNow();
        var machine = new RecoveryMachine(plan, lostAt, time.GetUtcNow());
        Log.Started(logger, call.CallId, (time.GetUtcNow() - lostAt).TotalSeconds);
        await calls.UpdateAsync(call.CallId, new CallChange { Media = MediaState.Recovering }, work.Abandoned);

        var sight = default(CallMediaStatus);
        var transfer = transfers.Recent(call);
        while (true)
        {
            stopping.ThrowIfCancellationRequested();
            var record = await LookAsync(call.CallId);
            // One that nobody has heard of for long has not taken the call away, but it was the last.
            if (record is not null) transfer = transfers.Recent(record) ?? transfer;
            sight = record is null ? sight with { Known = false } : Sight(call, record, transfer);

            var move = machine.Next(sight, time.GetUtcNow());
            var connectionId = (record ?? call).CallConnectionId ?? call.CallConnectionId;
            switch (move)
            {
                case RecoveryMove.Wait:
                    await Task.Delay(Look, time, stopping);
                    continue;
                case RecoveryMove.Recovered:
                    Log.Recovered(logger, call.CallId, (time.GetUtcNow() - lostAt).TotalSeconds);
                    await NoteAsync(call.CallId, "recovered", $"after {(time.GetUtcNow() - lostAt).TotalSeconds:F1} s");
                    return;
                case RecoveryMove.Over:
                    return;
                case RecoveryMove.Abandoned:
                    // It stays due until the hang-up is confirmed. Without the service's id of the call there is nothing that could confirm it.
                    if (connectionId is null) await EndAsync(call.CallId, EndReason.MediaLost);
                    return;
            }

            var cause = transfer is { ToOverflow: true } ? transfer.Cause : EndReason.MediaLost;
            var (outcome, ended) = await DoAsync(move, call.CallId, connectionId, cause, stopping);
            if (!machine.Done(move, outcome, ended, time.GetUtcNow())) continue;
            // The reason that has been written before (by a hang-up, by the last rung) stays.
            var gone = transfer is { Failed: false } ? Transfers.EndReasonOf(transfer) : EndReason.CallerHungUp;
            await EndAsync(call.CallId, move is RecoveryMove.HangUp ? cause : gone);
            return;
        }
    }

    private async Task<(PhoneOutcome Outcome, bool Ended)> DoAsync(
        RecoveryMove move, string callId, string? connectionId, string cause, CancellationToken stopping)
    {
        // Without the service's id of the call nothing can be asked; it may come yet, with a notice.
        if (connectionId is null)
        {
            await Task.Delay(Look, time, stopping);
            return (PhoneOutcome.Unavailable, false);
        }

        var ended = false;
        PhoneResult result;
        switch (move)
        {
            case RecoveryMove.AskForCall:
                var asked = await phone.GetAsync(connectionId, work.Abandoned);
                (result, ended) = (asked.Result, asked.Value?.Ended == true);
                break;
            case RecoveryMove.StartMedia:
                result = await phone.StartMediaAsync(connectionId, work.Abandoned);
                break;
            case RecoveryMove.StopMedia:
                result = await phone.StopMediaAsync(connectionId, work.Abandoned);
                break;
            case RecoveryMove.SendToOverflow:
                result = await transfers.SendToOverflowAsync(callId, connectionId, cause, work.Abandoned);
                break;
            default:
                result = await termination.HangUpAsync(callId, connectionId, cause, work.Abandoned);
                break;
        }

        Log.Moved(logger, callId, move, result);
        if (move is not RecoveryMove.AskForCall) await NoteAsync(callId, "recovery", $"{Name(move)}: {result.Outcome}");
        return (result.Outcome, ended);
    }

    private static CallMediaStatus Sight(CallRecord lost, CallRecord now, CallTransfer? transfer) => new(
        now.State is CallState.Ended or CallState.Rejected,
        now.Media is MediaState.Open && (now.Generation > lost.Generation || now.MediaLostAt is null),
        transfer switch
        {
            null => TransferSight.None,
            { ToOverflow: true } => transfer.Failed ? TransferSight.OverflowFailed : TransferSight.ToOverflow,
            _ => transfer.Failed ? TransferSight.AgentsFailed : TransferSight.ByAgent,
        },
        Known: true);

    private Task<CallRecord?> LookAsync(string callId) => RedisFailures.ReadOrNullAsync(() => calls.GetAsync(callId, work.Abandoned));

    private Task<bool> EndAsync(string callId, string reason) =>
        RedisFailures.IgnoreAsync(() => ending.EndAsync(callId, CallState.Ended, reason, work.Abandoned));

    private Task<bool> NoteAsync(string callId, string kind, string text) =>
        RedisFailures.IgnoreAsync(() => calls.AddEventAsync(callId, new CallEvent(time.GetUtcNow(), kind, text), work.Abandoned));

    private static string Name(RecoveryMove move) => move switch
    {
        RecoveryMove.StartMedia => "start",
        RecoveryMove.StopMedia => "stop",
        RecoveryMove.SendToOverflow => "overflow",
        _ => "hang up",
    };

    private static partial class Log
    {
        [LoggerMessage(1501, LogLevel.Warning, "Call {CallId} is being recovered, its media have been gone for {Seconds:F1} s")]
        public static partial void Started(ILogger logger, string callId, double seconds);

        [LoggerMessage(1502, LogLevel.Information, "Call {CallId} has its media again after {Seconds:F1} s")]
        public static partial void Recovered(ILogger logger, string callId, double seconds);

        [LoggerMessage(1503, LogLevel.Information, "Recovery of call {CallId}: {Move}: {Result}")]
        public static partial void Moved(ILogger logger, string callId, RecoveryMove move, PhoneResult result);
    }
}
