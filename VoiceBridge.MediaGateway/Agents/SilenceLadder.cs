using VoiceBridge.MediaGateway.Configuration;

namespace VoiceBridge.MediaGateway.Agents;

/// <summary>What is to be done about a silent caller.</summary>
internal enum SilenceStep
{
    Ask,
    AskAgain,
    End,
}

/// <summary>Asks a silent caller, asks again, and lets go. Each wait begins when the agent has been heard; whatever the caller does puts
/// it back to the beginning. Not thread-safe.</summary>
internal sealed class SilenceLadder(CallTimers timers, SilencePlan plan, Action<SilenceStep> act) : IDisposable
{
    private SilenceStep _next = SilenceStep.Ask;
    private IDisposable? _timer;

    /// <summary>The caller spoke or pressed a key.</summary>
    public void CallerActive()
    {
        _next = SilenceStep.Ask;
        Stop();
    }

    /// <summary>Nothing is being said or worked on, and everything said has been heard.</summary>
    public void Listen()
    {
        Stop();
        var delay = _next switch
        {
            SilenceStep.Ask => plan.AskAfter,
            SilenceStep.AskAgain => plan.AskAgainAfter,
            _ => plan.EndAfter,
        };
        if (delay > TimeSpan.Zero)
            _timer = timers.After(delay, Climb);
    }

    /// <summary>Somebody speaks or works: no silence.</summary>
    public void Stop() => _timer?.Dispose();

    public void Dispose() => Stop();

    private void Climb()
    {
        var step = _next;
        _next = step == SilenceStep.Ask ? SilenceStep.AskAgain : SilenceStep.End;
        act(step);
    }
}
