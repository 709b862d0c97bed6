using Microsoft.Extensions.Options;
using VoiceBridge.CallControl.Acs;
using VoiceBridge.Cluster.Calls;
using VoiceBridge.ServiceDefaults.Telemetry;

namespace VoiceBridge.CallControl.Calls.Recovery;

/// <summary>Takes one call down the ladder of <see cref="RecoveryMachine"/>, under a lease that one replica at a time has.</summary>
internal sealed partial class CallRecovery(
    CallStore calls, CallEnds ends, Transfers transfers, ICallAutomation automation, IOptions<CallOptions> options, CallWork work, Replica replica,
    TimeProvider time, ILogger<CallRecovery> logger)
{
    /// <summary>Renewed at each look; another replica goes on where one dies.</summary>
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(4);

    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(200);

    public async Task RunAsync(CallRecord call)
    {
        if (!await TryLeaseAsync(call.CallId)) return;
        using var activity = VoiceBridgeTelemetry.Source.StartActivity(
            "recover call", System.Diagnostics.ActivityKind.Internal, CallTrace.ContextOf(call.CallId));
        using var scope = CallScope.Begin(logger, call.CallId, call.CorrelationId);
        try
        {
            await ClimbAsync(call);
        }
        finally
        {
            // At once to another replica when this one stops; nobody needs it when it is done.
            await RedisAway.TryAsync(() => calls.ReleaseRecoveryAsync(call.CallId, replica.Id, CancellationToken.None));
        }
    }

    private async Task ClimbAsync(CallRecord call)
    {
        var plan = new RecoveryPlan(TimeSpan.FromSeconds(options.Value.Recovery.Seconds), transfers.HasOverflow);
        // The first socket may be under way still: the service has more to do for it than for a reconnect.
        if (call.Generation == 0) plan = plan with { Reconnecting = TimeSpan.FromSeconds(3) };
        var lostAt = call.MediaLostAt ?? time.GetUtcNow();
        var machine = new RecoveryMachine(plan, lostAt, time.GetUtcNow());
        Log.Started(logger, call.CallId, (time.GetUtcNow() - lostAt).TotalSeconds);
        await calls.UpdateAsync(call.CallId, new CallChange { Media = MediaState.Recovering }, work.Abandoned);

        var sight = default(RecoverySight);
        var transfer = await transfers.RecentAsync(call.CallId, work.Abandoned);
        while (true)
        {
            work.Stopping.ThrowIfCancellationRequested();
            var record = await LookAsync(call.CallId);
            if (transfer is { Failed: false }) transfer = await transfers.RecentAsync(call.CallId, work.Abandoned) ?? transfer;
            sight = record is null ? sight with { Known = false } : Sight(call, record, transfer);
            if (!await TryLeaseAsync(call.CallId)) return;

            var move = machine.Next(sight, time.GetUtcNow());
            var connectionId = (record ?? call).CallConnectionId ?? call.CallConnectionId;
            switch (move)
            {
                case RecoveryMove.Wait:
                    await Task.Delay(Look, time, work.Stopping);
                    continue;
                case RecoveryMove.Recovered:
                    Log.Recovered(logger, call.CallId, (time.GetUtcNow() - lostAt).TotalSeconds);
                    await NoteAsync(call.CallId, "recovered", $"after {(time.GetUtcNow() - lostAt).TotalSeconds:F1} s");
                    return;
                case RecoveryMove.Over:
                    return;
                case RecoveryMove.GivenUp:
                    await EndAsync(call.CallId, EndReason.MediaLost);
                    return;
            }

            var cause = transfer is { ToOverflow: true } ? transfer.Cause : EndReason.MediaLost;
            var (outcome, ended) = await DoAsync(move, call.CallId, connectionId, cause);
            if (move is RecoveryMove.SendToOverflow) transfer = await transfers.RecentAsync(call.CallId, work.Abandoned);
            if (!machine.Done(move, outcome, ended, time.GetUtcNow())) continue;
            // The reason that has been written before (by a hang-up, by the last rung) stays.
            var gone = transfer is { Failed: false } ? transfer.EndReason : EndReason.CallerHungUp;
            await EndAsync(call.CallId, move is RecoveryMove.HangUp ? cause : gone);
            return;
        }
    }

    private async Task<(CallOutcome Outcome, bool Ended)> DoAsync(RecoveryMove move, string callId, string? connectionId, string cause)
    {
        // Without the service's id of the call nothing can be asked; it may come yet, with a notice.
        if (connectionId is null)
        {
            await Task.Delay(Look, time, work.Stopping);
            return (CallOutcome.Unavailable, false);
        }

        if (move is RecoveryMove.HangUp) await ReasonAsync(callId, cause);
        var ended = false;
        CallResult result;
        switch (move)
        {
            case RecoveryMove.AskForCall:
                var asked = await automation.GetAsync(connectionId, work.Abandoned);
                (result, ended) = (asked.Result, asked.Value?.Ended == true);
                break;
            case RecoveryMove.StartMedia:
                result = await automation.StartMediaAsync(connectionId, work.Abandoned);
                break;
            case RecoveryMove.StopMedia:
                result = await automation.StopMediaAsync(connectionId, work.Abandoned);
                break;
            case RecoveryMove.SendToOverflow:
                result = await transfers.SendToOverflowAsync(callId, connectionId, cause, work.Abandoned);
                break;
            default:
                result = await automation.HangUpAsync(connectionId, work.Abandoned);
                break;
        }

        Log.Moved(logger, callId, move, result);
        if (move is not RecoveryMove.AskForCall) await NoteAsync(callId, "recovery", $"{Name(move)}: {result.Outcome}");
        return (result.Outcome, ended);
    }

    private static RecoverySight Sight(CallRecord lost, CallRecord now, Transfer? transfer) => new(
        now.State is CallState.Ended or CallState.Rejected,
        now.Media is MediaState.Open && (now.Generation > lost.Generation || now.MediaLostAt is null),
        transfer switch
        {
            null => TransferSight.None,
            { ToOverflow: true } => transfer.Failed ? TransferSight.OverflowFailed : TransferSight.ToOverflow,
            _ => transfer.Failed ? TransferSight.AgentsFailed : TransferSight.ByAgent,
        },
        Known: true);

    private Task<CallRecord?> LookAsync(string callId) => RedisAway.AskAsync(() => calls.GetAsync(callId, work.Abandoned));

    /// <summary>Without Redis nobody else has it.</summary>
    private async Task<bool> TryLeaseAsync(string callId)
    {
        var ours = true;
        await RedisAway.TryAsync(async () => ours = await calls.TryLeaseRecoveryAsync(callId, replica.Id, Lease, work.Abandoned));
        return ours;
    }

    private Task<bool> ReasonAsync(string callId, string reason) =>
        RedisAway.TryAsync(() => calls.UpdateAsync(callId, new CallChange { EndReason = reason }, work.Abandoned));

    private Task<bool> EndAsync(string callId, string reason) =>
        RedisAway.TryAsync(() => ends.EndAsync(callId, CallState.Ended, reason, work.Abandoned));

    private Task<bool> NoteAsync(string callId, string kind, string text) =>
        RedisAway.TryAsync(() => calls.AddEventAsync(callId, new CallEvent(time.GetUtcNow(), kind, text), work.Abandoned));

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
        public static partial void Moved(ILogger logger, string callId, RecoveryMove move, CallResult result);
    }
}
