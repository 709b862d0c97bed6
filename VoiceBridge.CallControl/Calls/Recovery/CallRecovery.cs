using Microsoft.Extensions.Options;
using VoiceBridge.Cluster.Calls;
using VoiceBridge.Cluster.Gateways;
using VoiceBridge.ServiceDefaults.Telemetry;

namespace VoiceBridge.CallControl.Calls.Recovery;

/// <summary>Takes calls without media down the <see cref="RecoveryLadder"/>, each under the lease of whoever found it.</summary>
internal sealed partial class CallRecovery(
    CallStore calls, CallEnding ending, CallTermination termination, Transfers transfers, IPhoneService phone, IOptions<CallOptions> options, CallWork work,
    ClusterWatch watch, TimeProvider time, ILogger<CallRecovery> logger)
{
    private readonly SeenIds _offered = new(capacity: 10_000, keep: TimeSpan.FromSeconds(30), time);

    private RecoveryPlan Plan => new(TimeSpan.FromSeconds(options.Value.Recovery.Seconds), transfers.HasOverflow);

    public async Task RunAsync(CallRecord call, CallLease lease)
    {
        using var activity = VoiceBridgeTelemetry.Source.StartActivity(
            "recover call", System.Diagnostics.ActivityKind.Internal, CallTrace.ContextOf(call.CallId));
        using var scope = CallScope.Begin(logger, call.CallId, call.CorrelationId, call.Type);
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(work.Stopping, lease.Lost);
        try
        {
            await RunAsync(call, stopping.Token);
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
        await Task.Delay(Plan.Settling, time, work.Stopping);
        var asked = await phone.GetAsync(callConnectionId, work.Abandoned);
        if (asked.Outcome is PhoneOutcome.Gone || asked.Value?.Ended == true) return;
        await Task.Delay(Plan.Reconnecting, time, work.Stopping);
        Log.Offered(logger, callId, await phone.StartMediaAsync(callConnectionId, work.Abandoned));
    }

    private async Task RunAsync(CallRecord call, CancellationToken stopping)
    {
        // The first socket may be under way still: the service has more to do for it than for a reconnect.
        var plan = call.Generation > 0 ? Plan : Plan with { Reconnecting = TimeSpan.FromSeconds(3) };
        var lostAt = call.MediaLostAt ?? time.GetUtcNow();
        var since = (time.GetUtcNow() - lostAt).TotalSeconds;
        if (call.Generation > 0)
            Log.Started(logger, call.CallId, since);
        else
            Log.Waiting(logger, call.CallId, since);
        await calls.UpdateAsync(call.CallId, new CallChange { Media = MediaState.Recovering }, work.Abandoned);

        var lost = new LostCall(call, calls, termination, transfers, phone, work, time, logger, NoGateway, stopping);
        switch (await new RecoveryLadder(plan, lost, call, time, stopping).RunAsync())
        {
            case RecoveryResult.Recovered:
                var seconds = (time.GetUtcNow() - lostAt).TotalSeconds;
                Log.Recovered(logger, call.CallId, seconds);
                await lost.NoteAsync("recovered", $"after {seconds:F1} s");
                break;
            case RecoveryResult.Gone:
                // The reason that has been written before (by a hang-up) stays.
                await EndAsync(call.CallId, lost.Transfer is { Failed: false } transfer ? Transfers.EndReasonOf(transfer) : EndReason.CallerHungUp);
                break;
            case RecoveryResult.HangUpFailed when lost.ConnectionId is null:
                // Nothing could confirm the hang-up. Otherwise the call stays due until it is confirmed.
                await EndAsync(call.CallId, EndReason.MediaLost);
                break;
        }
    }

    private bool NoGateway() => watch.Last?.Gateways.Any(gateway => gateway.State is GatewayState.Ready or GatewayState.Full) == false;

    private Task<bool> EndAsync(string callId, string reason) =>
        RedisFailures.IgnoreAsync(() => ending.EndAsync(callId, CallState.Ended, reason, work.Abandoned));

    private static partial class Log
    {
        [LoggerMessage(1501, LogLevel.Warning, "Call {CallId} is being recovered, its media have been gone for {Seconds:F1} s")]
        public static partial void Started(ILogger logger, string callId, double seconds);

        [LoggerMessage(1505, LogLevel.Information, "Call {CallId} waits for its first media socket since {Seconds:F1} s")]
        public static partial void Waiting(ILogger logger, string callId, double seconds);

        [LoggerMessage(1502, LogLevel.Information, "Call {CallId} has its media again after {Seconds:F1} s")]
        public static partial void Recovered(ILogger logger, string callId, double seconds);

        [LoggerMessage(1504, LogLevel.Information, "Call {CallId} is offered a media socket while Redis is away: {Result}")]
        public static partial void Offered(ILogger logger, string callId, PhoneResult result);
    }
}
