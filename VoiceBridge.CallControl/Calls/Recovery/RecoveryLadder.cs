using VoiceBridge.Cluster.Calls;

namespace VoiceBridge.CallControl.Calls.Recovery;

/// <summary>What has become of a call without media. Those from <see cref="Recovered"/> on end its recovery.</summary>
internal enum RecoveryResult
{
    /// <summary>It still has none.</summary>
    Lost,

    /// <summary>It still has none, and the time to open them is over.</summary>
    TimeIsUp,

    /// <summary>The caller is on the way to the overflow number.</summary>
    Leaving,

    /// <summary>The overflow number did not accept the caller.</summary>
    NotAccepted,

    /// <summary>Its media are back.</summary>
    Recovered,

    /// <summary>It has ended, and that is written.</summary>
    Ended,

    /// <summary>The phone service says that it has ended.</summary>
    Gone,

    /// <summary>The phone service does not take the hang-up.</summary>
    HangUpFailed,
}

/// <summary>
/// The ladder that a call without media goes down, in the order of this file: ask whether it has ended; wait for the service to connect again; start media; stop and start
/// them (no stop, and no wait, where the service says that the socket could not be opened); send the caller to the overflow number; hang up. Each rung waits for media, for the call's end or until its own. While the agent's transfer rings nothing is
/// done but wait for what comes of it; while Redis is away nothing that would cut a call whose media are back. The position is written at each rung: another replica goes on there.
/// </summary>
/// <param name="plan">How long each rung takes.</param>
/// <param name="call">The call.</param>
/// <param name="lost">Its record when it was found.</param>
/// <param name="time">The cluster's time.</param>
/// <param name="stopping">Another replica is to go on.</param>
internal sealed class RecoveryLadder(RecoveryPlan plan, ILostCall call, CallRecord lost, TimeProvider time, CancellationToken stopping)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);

    private readonly CallRecord _lost = lost;
    private readonly DateTimeOffset _lostAt = lost.MediaLostAt ?? time.GetUtcNow();
    private readonly DateTimeOffset _startedAt = time.GetUtcNow();
    private CallRecord _record = lost;

    /// <summary>The failure to open a socket that has been answered by another start.</summary>
    private DateTimeOffset? _failureBefore = lost.Recovery is { } reached && lost.MediaFailedAt <= reached.At ? lost.MediaFailedAt : null;

    private int _failures;

    /// <summary>Until when it is tried to open media.</summary>
    private DateTimeOffset _triesUntil;

    /// <summary>Until when nothing may cut the call: Redis was away, and gateways have yet to tell it of their sockets.</summary>
    private DateTimeOffset _sparedUntil;

    /// <summary>Until when the overflow number may ring; null while the caller is not on the way to it.</summary>
    private DateTimeOffset? _leavingUntil;

    /// <summary>Takes the call down the ladder, as far as it needs to.</summary>
    public async Task<RecoveryResult> RunAsync()
    {
        _triesUntil = Later(_lostAt + plan.Limit - plan.LastRung, _startedAt + plan.LeastTry);
        var result = await OpenMediaAsync();
        if (result is RecoveryResult.TimeIsUp && plan.HasOverflow) result = await SendToOverflowAsync();
        if (result is RecoveryResult.Leaving) result = await WaitAsync(() => _leavingUntil, RecoveryResult.Leaving);
        if (result < RecoveryResult.Recovered) result = await HangUpAsync();
        return result;
    }

    private async Task<RecoveryResult> OpenMediaAsync()
    {
        // The call may simply have ended. The notice of that takes a moment; after it the service is asked. Not knowing is no reason to leave the caller in silence.
        if (_lost.Recovery is not { } position)
        {
            var settled = await WaitAsync(() => _lostAt + plan.Settling, RecoveryResult.Lost);
            if (settled is not RecoveryResult.Lost) return settled;
            if (await call.DoAsync(RecoveryMove.AskForCall) is PhoneOutcome.Gone) return RecoveryResult.Gone;
            position = await ReachAsync(RecoveryStep.Reconnecting, refusals: 0);
        }

        // It may get its media back by itself. Then the service is asked for them, until the time is up or it has refused often enough.
        while (position.Refusals < plan.Refusals)
        {
            var opened = await WaitAsync(() => EndOf(position), RecoveryResult.Lost);
            if (opened is not RecoveryResult.Lost) return opened;
            if (HasFailed)
            {
                _failures++;
            }
            else if (position.Step is not RecoveryStep.Reconnecting)
            {
                // What was started has brought none. A stop is refused where nothing streams, which is as good.
                if (await call.DoAsync(RecoveryMove.StopMedia) is PhoneOutcome.Gone) return RecoveryResult.Gone;
                var stopped = await LookAsync();
                if (stopped is not RecoveryResult.Lost) return stopped;
            }

            _failureBefore = _record.MediaFailedAt;
            position = await call.DoAsync(RecoveryMove.StartMedia) switch
            {
                PhoneOutcome.Gone => null,
                PhoneOutcome.Done => await ReachAsync(RecoveryStep.Opening, position.Refusals),
                PhoneOutcome.Unavailable => await ReachAsync(RecoveryStep.Pausing, position.Refusals),
                _ => await ReachAsync(RecoveryStep.Pausing, position.Refusals + 1),
            };
            if (position is null) return RecoveryResult.Gone;
        }

        return RecoveryResult.TimeIsUp;
    }

    private async Task<RecoveryResult> SendToOverflowAsync()
    {
        var spared = await WaitAsync(() => _sparedUntil, RecoveryResult.Lost, RecoveryResult.TimeIsUp);
        if (spared is not (RecoveryResult.Lost or RecoveryResult.TimeIsUp)) return spared;
        switch (await call.DoAsync(RecoveryMove.SendToOverflow))
        {
            case PhoneOutcome.Gone: return RecoveryResult.Gone;
            case not PhoneOutcome.Done: return RecoveryResult.NotAccepted;
        }

        _leavingUntil = time.GetUtcNow() + plan.Leaving;
        return RecoveryResult.Leaving;
    }

    private async Task<RecoveryResult> HangUpAsync()
    {
        var spared = await WaitAsync(() => _sparedUntil, RecoveryResult.Lost, RecoveryResult.TimeIsUp, RecoveryResult.NotAccepted);
        if (spared >= RecoveryResult.Recovered) return spared;
        for (var tries = 0; tries < 2; tries++)
        {
            if (await call.DoAsync(RecoveryMove.HangUp) is PhoneOutcome.Done or PhoneOutcome.Gone) return RecoveryResult.Ended;
        }

        return RecoveryResult.HangUpFailed;
    }

    /// <summary>The service says that the latest socket could not be opened: it is not under way any more.</summary>
    private bool HasFailed => _record.MediaFailedAt is { } failed && failed != _failureBefore;

    private DateTimeOffset EndOf(RecoveryPosition position) => position.Step switch
    {
        // The ingress may have chosen a gateway that drains, or is dead, and chooses again.
        _ when HasFailed => position.At + (plan.Pause * Math.Min(_failures + 1, plan.LongestPause)),
        RecoveryStep.Reconnecting => position.At + plan.Reconnecting,
        // What comes next cuts.
        RecoveryStep.Opening => Later(position.At + plan.Opening, _sparedUntil),
        _ => Later(position.At + plan.Pause, _sparedUntil),
    };

    /// <summary>Waits as long as the call is in one of the <paramref name="states"/>, at most until then, which may move. Looks once at least.</summary>
    private async Task<RecoveryResult> WaitAsync(Func<DateTimeOffset?> until, params RecoveryResult[] states)
    {
        while (true)
        {
            var found = await LookAsync();
            if (!states.Contains(found) || time.GetUtcNow() >= until()) return found;
            await Task.Delay(Interval, time, stopping);
        }
    }

    /// <summary>What has become of the call; waits for what comes of the agent's transfer.</summary>
    private async Task<RecoveryResult> LookAsync()
    {
        while (true)
        {
            stopping.ThrowIfCancellationRequested();
            var known = await call.ReadAsync();
            var now = time.GetUtcNow();
            _record = known ?? _record;
            if (_record.State is CallState.Ended or CallState.Rejected) return RecoveryResult.Ended;

            var overflow = _record.Transfer is { ToOverflow: true } ? _record.Transfer : null;
            if (overflow is { Failed: true }) _leavingUntil = null;
            // Those of a caller who is leaving end nothing: the number rings.
            if (HasMedia(_record) && _leavingUntil is null) return RecoveryResult.Recovered;
            if (overflow is { Failed: true }) return RecoveryResult.NotAccepted;
            if (overflow is not null) _leavingUntil ??= overflow.At + plan.Leaving;
            if (_leavingUntil is not null) return RecoveryResult.Leaving;

            if (_record.Transfer is { Failed: false } transfer && now < transfer.At + plan.Leaving)
            {
                // The caller hears it ring. If nobody accepts, the caller is ours again, and the time begins then.
                _triesUntil = now + plan.Limit - plan.LastRung;
                await Task.Delay(Interval, time, stopping);
                continue;
            }

            if (known is null && now < _startedAt + (2 * plan.Limit))
            {
                _sparedUntil = now + plan.Announcing;
                _triesUntil = Later(_triesUntil, _sparedUntil + plan.LeastTry);
            }

            return now < _triesUntil ? RecoveryResult.Lost : RecoveryResult.TimeIsUp;
        }
    }

    private bool HasMedia(CallRecord now) => now.Media is MediaState.Open && (now.Generation > _lost.Generation || now.MediaLostAt is null);

    private async Task<RecoveryPosition> ReachAsync(RecoveryStep step, int refusals)
    {
        var position = new RecoveryPosition(step, refusals, time.GetUtcNow(), _record.MediaLostAt ?? _lostAt);
        await call.WriteAsync(position);
        return position;
    }

    private static DateTimeOffset Later(DateTimeOffset one, DateTimeOffset other) => one > other ? one : other;
}
