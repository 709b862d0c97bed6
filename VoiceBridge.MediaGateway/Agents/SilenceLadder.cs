using VoiceBridge.MediaGateway.Calls.Facts;
using VoiceBridge.MediaGateway.Configuration;

namespace VoiceBridge.MediaGateway.Agents;

/// <summary>What is to be done about a silent caller.</summary>
internal enum SilenceStep
{
    Ask,
    AskAgain,
    End,
}

/// <summary>Asks a silent caller, asks again, and ends the call. Each wait begins when the agent has been heard; words of the caller put it back to the
/// beginning. A line that makes noise and says nothing is never silent: there it goes by the clock.</summary>
internal sealed class SilenceLadder(ICallTimers timers, SilencePlan plan, Action<SilenceStep> act)
{
    /// <summary>In turns of silence: noise may be somebody who thinks aloud, and deserves more patience.</summary>
    private const int WordlessPatience = 6;

    private SilenceStep _next = SilenceStep.Ask;
    private IDisposable? _timer;
    private DateTimeOffset _wordlessSince = timers.Now;

    private TimeSpan Delay => _next switch
    {
        SilenceStep.Ask => plan.AskAfter,
        SilenceStep.AskAgain => plan.AskAgainAfter,
        _ => plan.EndAfter,
    };

    /// <summary>The caller said something or pressed a key.</summary>
    public void OnCallerActive()
    {
        _next = SilenceStep.Ask;
        _wordlessSince = timers.Now;
        Stop();
    }

    /// <summary>The caller made a noise without words.</summary>
    public void OnNoise()
    {
        if (Delay > TimeSpan.Zero && timers.Now - _wordlessSince >= WordlessPatience * Delay)
            Climb();
    }

    /// <summary>It is the caller's turn: nothing is being said or worked on, and everything said has been heard.</summary>
    public void Listen()
    {
        if (_timer is null && Delay > TimeSpan.Zero)
            _timer = timers.After(Delay, Climb);
    }

    /// <summary>Somebody speaks or works: no silence.</summary>
    public void Stop()
    {
        _timer?.Dispose();
        _timer = null;
    }

    private void Climb()
    {
        Stop();
        _wordlessSince = timers.Now;
        var step = _next;
        _next = step == SilenceStep.Ask ? SilenceStep.AskAgain : SilenceStep.End;
        act(step);
    }
}
