using VoiceBridge.MediaGateway.Calls.Facts;

namespace VoiceBridge.MediaGateway.Agents;

/// <summary>
/// Ends the call when the last words have been heard. Callers say "bye" over the agent's goodbye: one who speaks puts the end off until it is known what was
/// said; only who wants something more keeps the call.
/// </summary>
internal sealed class GracefulHangUp(ICallTimers timers, bool interruptible, Action<CallEnd> end)
{
    /// <summary>Should the goodbye never be heard to its end, the call ends all the same.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(45);

    /// <summary>How long a transcription may take.</summary>
    private static readonly TimeSpan Undecided = TimeSpan.FromSeconds(4);

    private CallEnd? _end;
    private IDisposable? _timer;
    private IDisposable? _undecided;
    private bool _hasTurn;
    private bool _hasEnded;

    public bool IsBegun => _end is not null;

    /// <summary>The caller has spoken, and it is not known yet what.</summary>
    public bool IsUndecided { get; private set; }

    /// <summary>Whether a caller can still keep the call.</summary>
    private bool CanBeCancelled => interruptible && _end?.Reason is CallEndReason.AgentEnded or CallEndReason.Silent;

    public void Begin(CallEnd because)
    {
        // A fault ends what a caller could have kept.
        if (_end is null || CanBeCancelled)
            _end = because;
        _timer ??= timers.After(Longest, End);
    }

    public void OnSpeechStarted()
    {
        if (!CanBeCancelled)
            return;
        IsUndecided = true;
        _hasTurn = false;
        _undecided?.Dispose();
    }

    /// <summary>The caller has stopped to speak. Where nothing is transcribed, a turn keeps the call and a noise does not.</summary>
    public void OnSpeechStopped(Action cancelled)
    {
        if (!IsUndecided)
            return;
        _undecided?.Dispose();
        _undecided = timers.After(Undecided, () => Decide(keeps: _hasTurn, cancelled));
    }

    public void OnTurn() => _hasTurn = true;

    /// <summary>What the caller said.</summary>
    public void OnTranscript(string text, Action cancelled)
    {
        if (IsUndecided)
            Decide(keeps: !FarewellWords.IsFarewell(text), cancelled);
    }

    /// <summary>A caller who presses a key wants something more.</summary>
    public void OnKey(Action cancelled)
    {
        if (CanBeCancelled)
            Decide(keeps: true, cancelled);
    }

    /// <summary>Everything said has been heard.</summary>
    public void OnHeard() => End();

    private void Decide(bool keeps, Action cancelled)
    {
        IsUndecided = false;
        _undecided?.Dispose();
        if (!keeps)
            return;
        _end = null;
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
