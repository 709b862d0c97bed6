using VoiceBridge.MediaGateway.Calls.Facts;

namespace VoiceBridge.MediaGateway.Agents;

/// <summary>Ends the call when the last words have been heard; a caller who speaks before that keeps it going. Not thread-safe.</summary>
internal sealed class GracefulHangUp(CallTimers timers, Action<CallEnd> end) : IDisposable
{
    /// <summary>Should the goodbye never be heard to its end, the call ends all the same.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(45);

    private CallEndReason? _reason;
    private IDisposable? _timer;

    public bool IsBegun => _reason is not null;

    public void Begin(CallEndReason reason)
    {
        _reason ??= reason;
        _timer ??= timers.After(Longest, Heard);
    }

    /// <summary>Everything said has been heard.</summary>
    public void Heard()
    {
        if (_reason is { } reason)
            end(new CallEnd(reason));
        Cancel();
    }

    public void Cancel()
    {
        _reason = null;
        Dispose();
        _timer = null;
    }

    public void Dispose() => _timer?.Dispose();
}
