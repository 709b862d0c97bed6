using VoiceBridge.MediaGateway.Calls.Facts;

namespace VoiceBridge.MediaGateway.Agents;

/// <summary>
/// Wakes the call's loop when what the caller was sent has been heard. Audio that comes at the pace at which it is played would wake it with each frame: the longer it
/// does, the less often is looked, and all calls look at the same times, because waking a thread costs more than what it does then.
/// </summary>
internal sealed class HeardTimer
{
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestPeriod = TimeSpan.FromMilliseconds(400);

    private readonly ICallTimers _timers;
    private readonly Action _lookLessOften;
    private IDisposable? _timer;
    private TimeSpan _period = Period;

    public HeardTimer(ICallTimers timers) =>
        (_timers, _lookLessOften) = (timers, () => _period = _period * 2 < LongestPeriod ? _period * 2 : LongestPeriod);

    /// <summary>So much is still to be heard; zero: nothing.</summary>
    public void Set(TimeSpan left)
    {
        _timer?.Dispose();
        if (left <= TimeSpan.Zero)
            _period = Period;
        else
            _timer = _timers.After(left > _period ? left : _period + UntilNextLook(_timers.Now + _period), _lookLessOften);
    }

    private static TimeSpan UntilNextLook(DateTimeOffset at) => TimeSpan.FromTicks((Period.Ticks - at.Ticks % Period.Ticks) % Period.Ticks);
}
