
namespace VoiceBridge.CallControl.Calls.Recovery;

/// <summary>What to do next.</summary>
internal enum RecoveryMove
{
    /// <summary>Look again in a moment.</summary>
    Wait,
    AskForCall,
    StartMedia,
    StopMedia,
    SendToOverflow,
    HangUp,

    /// <summary>The media are back.</summary>
    Recovered,

    /// <summary>The call has ended.</summary>
    Over,

    /// <summary>The service does not take the hang-up; the books are closed all the same.</summary>
    Abandoned,
}

/// <summary>
/// The ladder that a call without media goes down. It decides only; who asks it carries out the moves and tells it what came of them.
/// <code>
/// settle 1.5 s -> ask for the call -> wait 1 s for a reconnect -> start -> wait -> stop, start -> wait -> stop, start ... -> overflow -> hang up
///                  gone: over                                      refused: stop, start at once; three times: overflow or hang up
/// </code>
/// Media that open end it at any rung but that of a caller who is leaving, and so does the end of the call. While a transfer is under way nothing is done but wait for what comes of it; while Redis is
/// away nothing that would cut a call whose media are back.
/// </summary>
internal sealed class RecoveryMachine(RecoveryPlan plan, DateTimeOffset lostAt, DateTimeOffset startedAt)
{
    private enum Rung
    {
        Settling,
        Asking,
        Reconnecting,
        Starting,
        Opening,
        Stopping,
        Pausing,
        SendingOn,
        Leaving,
        HangingUp,
        HangUpFailed,
    }

    private Rung _rung = Rung.Settling;
    private DateTimeOffset _until = lostAt + plan.Settling;
    private DateTimeOffset _lastRungAt = Later(lostAt + plan.Limit - plan.LastRung, startedAt + plan.LeastTry);
    private readonly DateTimeOffset _offlineUntil = startedAt + (2 * plan.Limit);
    private DateTimeOffset _spareUntil;
    private bool _transferring;
    private bool _leaving;
    private int _refusals;
    private int _hangUps;

    /// <summary>The next move.</summary>
    public RecoveryMove Next(CallMediaStatus sight, DateTimeOffset now)
    {
        if (sight.CallOver) return RecoveryMove.Over;
        if (sight.MediaOpen && (!_leaving || sight.Transfer is TransferSight.OverflowFailed)) return RecoveryMove.Recovered;
        if (sight.Transfer is TransferSight.ToOverflow && _rung < Rung.SendingOn) Leave(now);
        if (sight.Transfer is TransferSight.OverflowFailed && _rung < Rung.HangingUp) _rung = Rung.HangingUp;
        if (sight.Transfer is TransferSight.ByAgent && now < startedAt + plan.Leaving)
        {
            _transferring = true;
            return RecoveryMove.Wait;
        }

        if (_transferring)
        {
            // Nobody accepted. The caller is ours again, and the ladder begins now.
            _transferring = false;
            (_rung, _lastRungAt) = (Rung.Asking, now + plan.Limit - plan.LastRung);
        }

        if (!sight.Known && now < _offlineUntil)
        {
            _spareUntil = now + plan.Announcing;
            _lastRungAt = Later(_lastRungAt, _spareUntil + plan.LeastTry);
        }

        if (now >= _lastRungAt && _rung < Rung.SendingOn) _rung = LastRung;
        var move = Step(now);
        var cuts = move is RecoveryMove.StopMedia or RecoveryMove.SendToOverflow or RecoveryMove.HangUp;
        return cuts && !_leaving && now < _spareUntil ? RecoveryMove.Wait : move;
    }

    private Rung LastRung => plan.HasOverflow ? Rung.SendingOn : Rung.HangingUp;

    private RecoveryMove Step(DateTimeOffset now)
    {
        switch (_rung)
        {
            case Rung.Settling when now >= _until:
                _rung = Rung.Asking;
                break;
            case Rung.Reconnecting when now >= _until:
                _rung = Rung.Starting;
                break;
            case Rung.Opening or Rung.Pausing when now >= _until:
                _rung = Rung.Stopping;
                break;
            case Rung.Leaving when now >= _until:
                _rung = Rung.HangingUp;
                break;
        }

        return _rung switch
        {
            Rung.Asking => RecoveryMove.AskForCall,
            Rung.Starting => RecoveryMove.StartMedia,
            Rung.Stopping => RecoveryMove.StopMedia,
            Rung.SendingOn => RecoveryMove.SendToOverflow,
            Rung.HangingUp => RecoveryMove.HangUp,
            Rung.HangUpFailed => RecoveryMove.Abandoned,
            _ => RecoveryMove.Wait,
        };
    }

    /// <summary>What came of the last move, other than waiting. True when the call turned out to be over.</summary>
    public bool Done(RecoveryMove move, PhoneOutcome outcome, bool callEnded, DateTimeOffset now)
    {
        if (outcome is PhoneOutcome.Gone || callEnded) return true;
        switch (move)
        {
            case RecoveryMove.AskForCall:
                // Not knowing is no reason to leave the caller in silence.
                (_rung, _until) = (Rung.Reconnecting, now + plan.Reconnecting);
                break;
            case RecoveryMove.StartMedia when outcome is PhoneOutcome.Done:
                (_rung, _until) = (Rung.Opening, now + plan.Opening);
                break;
            case RecoveryMove.StartMedia:
                if (outcome is not PhoneOutcome.Unavailable && ++_refusals >= plan.Refusals) _rung = LastRung;
                else (_rung, _until) = (Rung.Pausing, now + plan.Pause);
                break;
            case RecoveryMove.StopMedia:
                // Refused where nothing streams, which is as good.
                _rung = Rung.Starting;
                break;
            case RecoveryMove.SendToOverflow when outcome is PhoneOutcome.Done:
                Leave(now);
                break;
            case RecoveryMove.SendToOverflow:
                _rung = Rung.HangingUp;
                break;
            case RecoveryMove.HangUp:
                _leaving = true;
                if (outcome is PhoneOutcome.Done) return true;
                if (++_hangUps >= 2) _rung = Rung.HangUpFailed;
                break;
        }

        return false;
    }

    private void Leave(DateTimeOffset now)
    {
        _leaving = true;
        (_rung, _until) = (Rung.Leaving, now + plan.Leaving);
    }

    private static DateTimeOffset Later(DateTimeOffset one, DateTimeOffset other) => one > other ? one : other;
}
