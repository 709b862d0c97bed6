namespace VoiceBridge.MediaGateway.Sockets;

/// <summary>A limit per second, as an average over five seconds, because ACS catches up in bursts. The clock is read only when a window's worth has come.</summary>
internal sealed class RateWindow(int perSecond, TimeProvider time)
{
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(5);

    private readonly long _limit = (long)(perSecond * Window.TotalSeconds);
    private long _start = time.GetTimestamp();
    private long _count;

    /// <summary>Counts <paramref name="amount"/> more; false when a window's worth came in less than the window.</summary>
    public bool TryAdd(long amount)
    {
        _count += amount;
        if (_count < _limit)
            return true;
        var now = time.GetTimestamp();
        var tooFast = time.GetElapsedTime(_start, now) < Window;
        _start = now;
        _count = 0;
        return !tooFast;
    }
}
