using System.Diagnostics;
using VoiceBridge.Cluster.Calls;
using VoiceBridge.ServiceDefaults.Privacy;
using VoiceBridge.ServiceDefaults.Telemetry;

namespace VoiceBridge.CallControl.Calls.Ringing;

/// <summary>Takes ringing calls on: each by one replica, however often and wherever its event is delivered.</summary>
internal sealed partial class CallIntake(
    DueCalls due, CallStore calls, CallLeases leases, CallWork work, CallAnswering answering, CallCounters counters, CallerIdPrivacy privacy, Replica replica,
    TimeProvider time, ILogger<CallIntake> logger)
{
    /// <summary>Longer than Redis usually needs to answer or to fail; Event Grid waits 30 s, the caller does not.</summary>
    private static readonly TimeSpan ClaimTimeout = TimeSpan.FromSeconds(2);

    private readonly SeenIds _seen = new(capacity: 20_000, keep: TimeSpan.FromMinutes(2), time);

    /// <summary>Claims the call and starts to answer it. Returns when it is claimed; never throws. False when it could not be taken on: its event should come again.</summary>
    public async Task<bool> AcceptAsync(IncomingCall call)
    {
        if (!_seen.TryAdd(call.CallId))
        {
            Log.Repeated(logger, call.CallId);
            return true;
        }

        using var activity = VoiceBridgeTelemetry.Source.StartActivity("incoming call", ActivityKind.Consumer, CallTrace.ContextOf(call.CallId));
        activity?.SetTag("voicebridge.call_id", call.CallId);
        activity?.SetTag("voicebridge.provider", call.Network);
        try
        {
            var claimed = await due.TryClaimAsync(call.ToRecord(), replica.Id, CallLeases.Length, CancellationToken.None)
                .WaitAsync(ClaimTimeout, time);
            if (!claimed)
            {
                Log.Claimed(logger, call.CallId);
                return true;
            }

            Log.Ringing(logger, call.CallId, call.CorrelationId, privacy.Format(call.From), privacy.Format(call.To));
            counters.Add("offered");
            if (leases.TryHold(call.CallId) is { } lease) Start(call, lease);
            // Beside the answer: the caller does not wait for our books.
            await RedisFailures.IgnoreAsync(() => calls.AddEventAsync(call.CallId, new CallEvent(call.RangAt, "rang", ""), CancellationToken.None));
            return true;
        }
        catch (Exception exception) when (RedisFailures.IsTransient(exception))
        {
            // Nobody can tell who else has this event. If others have, they send the very same request, and it is carried out once.
            Log.Offline(logger, call.CallId, exception.GetType().Name);
            counters.Add("offered");
            Start(call, null);
            return true;
        }
        catch (Exception exception)
        {
            _seen.Forget(call.CallId);
            Log.Failed(logger, exception, call.CallId);
            return false;
        }
    }

    /// <summary>Goes on with a ringing call whose replica is gone, under the lease of whoever found it.</summary>
    public async Task TakeOverAsync(CallRecord record, CallLease lease)
    {
        _seen.TryAdd(record.CallId);
        if (record is not { CallConnectionId: null, Media: MediaState.None } || IncomingCall.Of(record) is not { } call)
        {
            // Answered already; only the end of that was not written.
            Log.NothingLeft(logger, record.CallId, record.State);
            return;
        }

        Log.TakenOver(logger, call.CallId, record.State);
        await answering.RunAsync(call, lease);
    }

    private void Start(IncomingCall call, CallLease? lease) => work.Start(call.CallId, async () =>
    {
        await using (lease) await answering.RunAsync(call, lease);
    });

    private static partial class Log
    {
        [LoggerMessage(1211, LogLevel.Information, "Call {CallId} (correlation id {CorrelationId}) is ringing: from {Caller} to {Called}")]
        public static partial void Ringing(ILogger logger, string callId, string correlationId, string caller, string called);

        [LoggerMessage(1212, LogLevel.Debug, "The event of call {CallId} was delivered here before")]
        public static partial void Repeated(ILogger logger, string callId);

        [LoggerMessage(1213, LogLevel.Debug, "Call {CallId} is claimed already")]
        public static partial void Claimed(ILogger logger, string callId);

        [LoggerMessage(1214, LogLevel.Warning, "Call {CallId} is answered without a claim, Redis is away: {Reason}")]
        public static partial void Offline(ILogger logger, string callId, string reason);

        [LoggerMessage(1215, LogLevel.Error, "Call {CallId} could not be taken on")]
        public static partial void Failed(ILogger logger, Exception exception, string callId);

        [LoggerMessage(1216, LogLevel.Warning, "Call {CallId} is taken over from another replica, it was {State}")]
        public static partial void TakenOver(ILogger logger, string callId, CallState state);

        [LoggerMessage(1217, LogLevel.Information, "The claim of call {CallId} had lapsed, but the call is {State} already")]
        public static partial void NothingLeft(ILogger logger, string callId, CallState state);
    }
}
