using VoiceBridge.MediaGateway.Calls.Facts;

namespace VoiceBridge.MediaGateway.Agents;

/// <summary>
/// Ends the call when the last words have been heard. Callers say "bye" over the agent's goodbye: one who speaks puts the end off until it is known what was
/// said; only who wants something more keeps the call, and a line that only makes noise does not put the end off for ever.
/// </summary>
/// <param name="timers">The call's clock.</param>
/// <param name="interruptible">Whether a caller can keep the call at all.</param>
/// <param name="cancelled">The call goes on.</param>
/// <param name="end">The call ends.</param>
internal sealed class GracefulHangUp(ICallTimers timers, bool interruptible, Action cancelled, Action<CallEnd> end)
{
    /// <summary>Between the last word and the end: turn detection reports speech some 300 ms late, and the network plays what it has.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromMilliseconds(500);

    /// <summary>Should the goodbye never be heard to its end, the call ends all the same.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(45);

    /// <summary>How long a transcription may take.</summary>
    private static readonly TimeSpan Undecided = TimeSpan.FromSeconds(4);

    /// <summary>So many noises and farewells put the end off.</summary>
    private const int MaxPutOffs = 3;

    private CallEnd? _end;
    private IDisposable? _timer;
    private IDisposable? _undecided;
    private IDisposable? _grace;
    private DateTimeOffset _heardAt = DateTimeOffset.MaxValue;
    private bool _hasStopped;
    private bool _hasTurn;
    private bool _hasEnded;
    private int _putOffs;

    public bool IsBegun => _end is not null;

    /// <summary>The caller has spoken, and it is not known yet what.</summary>
    public bool IsUndecided { get; private set; }

    /// <summary>The caller's side makes noise again and again: nothing of it is waited for any more.</summary>
    public bool IsCertain => IsBegun && _putOffs >= MaxPutOffs;

    /// <summary>Whether a caller can still keep the call.</summary>
    private bool CanBeCancelled => interruptible && _putOffs < MaxPutOffs && _end?.Reason is CallEndReason.AgentEnded or CallEndReason.Silent;

    public void Begin(CallEnd because)
    {
        // A fault ends what a caller could have kept.
        if (_end is null || CanBeCancelled)
            _end = because;
        _timer ??= timers.After(Longest, End);
    }

    public void OnSpeechStarted()
    {
        if (IsUndecided && _hasStopped && !_hasTurn)
            Decide(keeps: false);
        if (!CanBeCancelled)
            return;
        _hasTurn &= IsUndecided;
        (IsUndecided, _hasStopped) = (true, false);
        _undecided?.Dispose();
    }

    /// <summary>The caller has stopped to speak. Where nothing is transcribed, a turn keeps the call and a noise does not.</summary>
    public void OnSpeechStopped()
    {
        if (!IsUndecided)
            return;
        _hasStopped = true;
        _undecided?.Dispose();
        _undecided = timers.After(Undecided, () => Decide(keeps: _hasTurn));
    }

    public void OnTurn() => _hasTurn = true;

    /// <summary>What the caller said.</summary>
    public void OnTranscript(string text)
    {
        if (IsUndecided)
            Decide(keeps: !FarewellWords.IsFarewell(text));
    }

    /// <summary>A caller who presses a key wants something more.</summary>
    public void OnKey()
    {
        if (CanBeCancelled)
            Decide(keeps: true);
    }

    /// <summary>Everything said has been heard, and nobody speaks; called again when the grace is over.</summary>
    public void OnHeard()
    {
        if (_heardAt == DateTimeOffset.MaxValue)
        {
            _heardAt = timers.Now;
            // It decides nothing by itself: what has come meanwhile is looked at first.
            _grace = timers.After(Grace, static () => { });
        }
        else if (timers.Now - _heardAt >= Grace)
        {
            End();
        }
    }

    /// <summary>Something is said or worked on.</summary>
    public void OnUnheard()
    {
        _heardAt = DateTimeOffset.MaxValue;
        _grace?.Dispose();
    }

    private void Decide(bool keeps)
    {
        IsUndecided = _hasTurn = false;
        _undecided?.Dispose();
        if (!keeps)
        {
            _putOffs++;
            return;
        }
        _end = null;
        _putOffs = 0;
        _timer?.Dispose();
        _timer = null;
        cancelled();
    }

    private void End()
    {
        if (_hasEnded || _end is not { } because)
            return;
        _hasEnded = true;
        end(because);
    }
}
