using Microsoft.Extensions.Options;
using VoiceBridge.Cluster.Calls;
using VoiceBridge.Cluster.Connections;

namespace VoiceBridge.CallControl.Calls.Lifecycle;

/// <summary>
/// Looks after the calls that are due (<see cref="DueCalls"/>): ringing ones whose replica is gone, those that lost their media, that are too long or forgotten, and
/// hang-ups that are not confirmed. What to do follows from the record.
/// </summary>
internal sealed partial class CallShepherd(
    DueCalls due, CallLeases leases, CallStore calls, ConnectionDirectory connections, CallIntake intake, CallRecovery recovery, CallEnding ending, CallTermination termination,
    IPhoneService phone, HeartbeatRule rule, IOptions<CallOptions> options, CallWork work, Replica replica, TimeProvider time, ILogger<CallShepherd> logger)
    : BackgroundService
{
    /// <summary>A step of Redis each time, whatever the number of calls.</summary>
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    /// <summary>How many are taken at once; all that are due are taken before the next pause.</summary>
    private const int AtOnce = 100;

    /// <summary>A gateway's death makes many calls due: the phone service is asked for so many of them at a time, and other replicas take the rest.</summary>
    private const int MaxAtWork = 200;

    /// <summary>A gateway ends its own long calls, with a goodbye; this is for those that it did not.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromMinutes(1);

    /// <summary>Longer than any phone rings.</summary>
    private static readonly TimeSpan MaxRinging = TimeSpan.FromSeconds(60);

    /// <summary>A browser's call without a socket is over; its gateway says so, unless it died.</summary>
    private static readonly TimeSpan WebPatience = TimeSpan.FromSeconds(10);

    /// <summary>When a call with which all is well is looked at again: for what nobody reported.</summary>
    private static readonly TimeSpan NextLook = TimeSpan.FromMinutes(1);

    private int _atWork;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken, work.Stopping);
        using var timer = new PeriodicTimer(Interval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(either.Token))
            {
                try
                {
                    while (Volatile.Read(ref _atWork) < MaxAtWork && await LookAsync(either.Token) == AtOnce)
                    {
                        // There are more.
                    }
                }
                catch (Exception exception) when (exception is not OperationCanceledException)
                {
                    if (!RedisFailures.IsTransient(exception)) Log.Failed(logger, exception);
                }
            }
        }
        catch (OperationCanceledException) when (either.IsCancellationRequested)
        {
            // What this replica takes now it could not finish; others look.
        }
    }

    private async Task<int> LookAsync(CancellationToken cancellationToken)
    {
        var taken = await due.TakeAsync(replica.Id, CallLeases.Length, AtOnce, cancellationToken);
        if (taken.Count == 0) return 0;
        var absent = await AbsentAsync(taken, cancellationToken);
        var later = new Dictionary<TimeSpan, List<string>>();
        foreach (var (callId, record) in taken)
        {
            // Its lease had lapsed because Redis was slow, and is renewed now.
            if (leases.TryHold(callId) is not { } lease) continue;
            if (record is null)
            {
                Start(lease, () => due.ForgetAsync(callId, replica.Id, work.Abandoned));
            }
            else if (Wait(record, absent.Contains(callId)) is { } wait)
            {
                leases.Drop(lease);
                if (!later.TryGetValue(wait, out var same)) later[wait] = same = [];
                same.Add(callId);
            }
            else
            {
                Start(lease, () => LookAfterAsync(record, lease, absent.Contains(callId)));
            }
        }

        foreach (var (wait, callIds) in later) await due.PostponeAsync(replica.Id, wait, callIds, cancellationToken);
        return taken.Count;
    }

    /// <summary>When to look again at a call that needs nobody; null when it needs somebody now.</summary>
    private TimeSpan? Wait(CallRecord call, bool absent)
    {
        var now = time.GetUtcNow();
        if (call.HangUpReason is not null || call.State is CallState.Ended or CallState.Rejected) return null;
        if (call is { State: CallState.Answering, CallConnectionId: not null, MediaLostAt: null } && now - call.RangAt < MaxRinging) return MaxRinging / 6;
        if (call.State is not CallState.Connected || TooLong(call)) return null;
        // A gateway's silence counts only where the rule lets it.
        if (call.Media is MediaState.Open) return !absent ? NextLook : CanDeclareLost(call) ? null : TimeSpan.FromSeconds(1);
        return !call.IsPhoneCall && now - call.MediaLostAt < WebPatience ? WebPatience / 4 : null;
    }

    /// <summary>Nothing brings a browser's call back: with its gateway's connections it is over, also when no other gateway is left to say that the silence is its gateway's own.</summary>
    private bool CanDeclareLost(CallRecord call) => rule.CanDeclareLost(call.GatewayId ?? "") || (!call.IsPhoneCall && rule.IsSteady);

    private async Task LookAfterAsync(CallRecord call, CallLease lease, bool absent)
    {
        switch (call)
        {
            case { HangUpReason: { } reason, CallConnectionId: { } connectionId }:
                await termination.HangUpAsync(call.CallId, connectionId, reason, work.Abandoned);
                break;
            case { State: CallState.Ended or CallState.Rejected }:
                await calls.SetHangUpAsync(call.CallId, null, work.Abandoned);
                break;
            case { State: CallState.Ringing or CallState.Answering } when time.GetUtcNow() - call.RangAt > MaxRinging:
            // It has lost its media, so it was connected: the notice of that is lost, and its caller is in silence.
            case { State: CallState.Answering, CallConnectionId: not null, MediaLostAt: not null }:
                await ForgottenAsync(call);
                break;
            case { State: CallState.Ringing or CallState.Answering }:
                await intake.TakeOverAsync(call, lease);
                break;
            case { State: CallState.Connected } when TooLong(call):
                Log.TooLong(logger, call.CallId, (time.GetUtcNow() - call.ConnectedAt!.Value).TotalMinutes);
                if (call is { IsPhoneCall: true, CallConnectionId: { } id }) await termination.HangUpAsync(call.CallId, id, EndReason.TooLong, work.Abandoned);
                else await ending.EndAsync(call.CallId, CallState.Ended, EndReason.TooLong, work.Abandoned);
                break;
            case { IsPhoneCall: false } when !absent:
                await ending.EndAsync(call.CallId, CallState.Ended, await WasDrainedAsync(call) ? EndReason.Drained : EndReason.CallerHungUp, work.Abandoned);
                break;
            default:
                if (absent)
                {
                    if (!await calls.MarkMediaLapsedAsync(call.CallId, call.ConnectionId, work.Abandoned)) break;
                    Log.NotAnnounced(logger, call.CallId, call.GatewayId ?? "");
                    await calls.AddEventAsync(call.CallId, new CallEvent(time.GetUtcNow(), "gateway_lost", call.GatewayId ?? ""), work.Abandoned);
                    call = call with { Media = MediaState.None, MediaLostAt = time.GetUtcNow() };
                    if (!call.IsPhoneCall)
                    {
                        await ending.EndAsync(call.CallId, CallState.Ended, EndReason.MediaLost, work.Abandoned);
                        break;
                    }
                }

                await recovery.RunAsync(call, lease);
                break;
        }
    }

    /// <summary>Whether the last socket of a browser's call was closed by a gateway that drained: it had handed the call over, and the browser has not come to another one.</summary>
    private async Task<bool> WasDrainedAsync(CallRecord call) =>
        (await calls.ListEventsAsync(call.CallId, work.Abandoned)).LastOrDefault(entry => entry.Kind == "media_closed")?.Text == EndReason.Drained;

    /// <summary>Calls with open media of which the gateway that has them knows nothing.</summary>
    private async Task<HashSet<string>> AbsentAsync(IReadOnlyList<(string CallId, CallRecord? Record)> taken, CancellationToken cancellationToken)
    {
        var byGateway = taken.Select(entry => entry.Record)
            .Where(record => record is { State: CallState.Connected, Media: MediaState.Open, GatewayId: not null })
            .GroupBy(record => record!.GatewayId!, record => record!.CallId, StringComparer.Ordinal);
        var absent = await Task.WhenAll(byGateway.Select(group => connections.FindMissingAsync(group.Key, [.. group], cancellationToken)));
        return absent.SelectMany(ids => ids).ToHashSet(StringComparer.Ordinal);
    }

    private bool TooLong(CallRecord call) =>
        call.ConnectedAt is { } since && time.GetUtcNow() - since > TimeSpan.FromMinutes(options.Value.Calls.MaxMinutes) + Grace;

    /// <summary>Answered but never connected, or never answered: the notice of its end is lost, or its replicas are.</summary>
    private async Task ForgottenAsync(CallRecord call)
    {
        var talking = call.Media is MediaState.Open;
        if (!talking && call.CallConnectionId is { } id)
        {
            var status = await phone.GetAsync(id, work.Abandoned);
            talking = status.Ok && !status.Value!.Ended;
            if (!talking && status.Outcome is not (PhoneOutcome.Gone or PhoneOutcome.Done)) return;
        }

        if (talking)
        {
            // Somebody is on the line, and only the notice of that was lost.
            await calls.AdvanceAsync(call.CallId, CallState.Connected, new CallChange { ConnectedAt = call.AnsweredAt ?? time.GetUtcNow() }, work.Abandoned);
            return;
        }

        Log.Forgotten(logger, call.CallId, call.State);
        await ending.EndAsync(call.CallId, CallState.Ended, call.State is CallState.Ringing ? EndReason.Missed : EndReason.Error, work.Abandoned);
    }

    private void Start(CallLease lease, Func<Task> look)
    {
        Interlocked.Increment(ref _atWork);
        work.Start(lease.CallId, async () =>
        {
            try
            {
                await using (lease)
                {
                    // What Redis does not take now is due again.
                    if (!await RedisFailures.IgnoreAsync(look)) lease.Finished = false;
                }
            }
            finally
            {
                Interlocked.Decrement(ref _atWork);
            }
        });
    }

    private static partial class Log
    {
        [LoggerMessage(1521, LogLevel.Error, "Could not look after the calls that are due")]
        public static partial void Failed(ILogger logger, Exception exception);

        [LoggerMessage(1522, LogLevel.Warning, "Call {CallId} has lasted {Minutes:F0} minutes, longer than Calls:MaxMinutes: hanging up")]
        public static partial void TooLong(ILogger logger, string callId, double minutes);

        [LoggerMessage(1523, LogLevel.Warning, "Call {CallId} was left behind while it was {State}")]
        public static partial void Forgotten(ILogger logger, string callId, CallState state);

        [LoggerMessage(1512, LogLevel.Warning, "Call {CallId} is not announced any more by its gateway {GatewayId}")]
        public static partial void NotAnnounced(ILogger logger, string callId, string gatewayId);
    }
}
