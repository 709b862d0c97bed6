using VoiceBridge.MediaGateway.Journal;

namespace VoiceBridge.MediaGateway.Agents;

/// <summary>The transfer of one call by its agent: asked for when the caller has heard everything, and ringing until it takes the call away or fails. On the
/// call's loop, except <see cref="AskAsync"/>.</summary>
internal sealed class AgentTransfer(ICallControls controls, ICallJournal journal)
{
    private static readonly TimeSpan HearingTime = TimeSpan.FromSeconds(30);

    private TaskCompletionSource? _heard;
    private bool _failed;
    private bool _isOver;

    /// <summary>Accepted, and nobody has answered yet.</summary>
    public bool IsRinging { get; private set; }

    /// <summary>On the tool's thread: waits until the caller has heard everything, or long enough, and asks for the transfer; null, or why it was refused.</summary>
    public async Task<string?> AskAsync(string number, CancellationToken cancellationToken)
    {
        var heard = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        if (!controls.Post("transfer_call", () => WaitUntilHeard(heard)))
            heard.TrySetCanceled(CancellationToken.None);
        await heard.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
        // From here on the end of the call may be the transfer's doing, before anybody has said that it was accepted.
        var refusal = await controls.TransferAsync(number, cancellationToken).ConfigureAwait(false);
        if (refusal is null && !controls.Post("transferred", OnAccepted))
            OnAccepted();
        return refusal;
    }

    /// <summary>Nothing is being said, and everything said has been heard.</summary>
    public void OnHeard() => _heard?.TrySetResult();

    public void OnFailed(string why)
    {
        (IsRinging, _failed) = (false, true);
        journal.Event(controls.Facts.CallId, "transfer", $"failed {why}".TrimEnd());
    }

    public void OnEnded()
    {
        _isOver = true;
        _heard?.TrySetCanceled();
    }

    private void WaitUntilHeard(TaskCompletionSource heard)
    {
        if (_isOver)
        {
            heard.TrySetCanceled();
            return;
        }
        _heard?.TrySetResult();
        _failed = false;
        _heard = heard;
        controls.Timers.After(HearingTime, () => heard.TrySetResult());
    }

    private void OnAccepted()
    {
        // Its failure may be known before its acceptance has found its way here.
        if (_failed)
            return;
        journal.Event(controls.Facts.CallId, "transfer", "ringing");
        IsRinging = !_isOver;
    }
}
