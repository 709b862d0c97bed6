using VoiceBridge.CallControl.Acs;

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
    GivenUp,
}

/// <summary>What is known of the call.</summary>
internal readonly record struct RecoverySight(bool CallOver, bool MediaOpen);

/// <summary>
/// The ladder that a call without media goes down. It decides only; who asks it carries out the moves and tells it what came of them.
/// <code>
/// settle 1.5 s -> ask for the call -> wait 1 s for a reconnect -> start -> wait -> stop, start -> wait -> stop, start ... -> overflow -> hang up
///                  gone: over                                      refused: stop, start at once; three times: overflow or hang up
/// </code>
/// Media that open end it at any rung, and so does the end of the call.
/// </summary>
internal sealed class RecoveryMachine(RecoveryPlan plan, DateTimeOffset lostAt)
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
        Hung,
    }

    private Rung _rung = Rung.Settling;
    private DateTimeOffset _until = lostAt + plan.Settling;
    private int _refusals;
    private int _hangUps;

    /// <summary>When the last rung is stepped on, whatever has been tried by then.</summary>
    public DateTimeOffset LastRungAt { get; } = lostAt + plan.Limit - plan.LastRung;

    /// <summary>The next move.</summary>
    public RecoveryMove Next(RecoverySight sight, DateTimeOffset now)
    {
        if (sight.CallOver) return RecoveryMove.Over;
        if (sight.MediaOpen && _rung < Rung.SendingOn) return RecoveryMove.Recovered;
        if (now >= LastRungAt && _rung < Rung.SendingOn) _rung = plan.HasOverflow ? Rung.SendingOn : Rung.HangingUp;

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
            Rung.Hung => RecoveryMove.GivenUp,
            _ => RecoveryMove.Wait,
        };
    }

    /// <summary>What came of the last move, other than waiting. True when the call turned out to be over.</summary>
    public bool Done(RecoveryMove move, CallOutcome outcome, bool callEnded, DateTimeOffset now)
    {
        if (outcome is CallOutcome.Gone || callEnded) return true;
        switch (move)
        {
            case RecoveryMove.AskForCall:
                // Not knowing is no reason to leave the caller in silence.
                (_rung, _until) = (Rung.Reconnecting, now + plan.Reconnecting);
                break;
            case RecoveryMove.StartMedia when outcome is CallOutcome.Done:
                (_rung, _until) = (Rung.Opening, now + plan.Opening);
                break;
            case RecoveryMove.StartMedia:
                if (outcome is not CallOutcome.Unavailable && ++_refusals >= plan.Refusals) _rung = plan.HasOverflow ? Rung.SendingOn : Rung.HangingUp;
                else (_rung, _until) = (Rung.Pausing, now + plan.Pause);
                break;
            case RecoveryMove.StopMedia:
                // Refused where nothing streams, which is as good.
                _rung = Rung.Starting;
                break;
            case RecoveryMove.SendToOverflow:
                (_rung, _until) = outcome is CallOutcome.Done ? (Rung.Leaving, now + plan.Leaving) : (Rung.HangingUp, now);
                break;
            case RecoveryMove.HangUp:
                if (outcome is CallOutcome.Done) return true;
                if (++_hangUps >= 2) _rung = Rung.Hung;
                break;
        }

        return false;
    }
}
