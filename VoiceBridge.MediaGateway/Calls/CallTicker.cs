namespace VoiceBridge.MediaGateway.Calls;

/// <summary>One coarse timer for all calls, so that no frame and no socket needs its own.</summary>
internal sealed class CallTicker : IDisposable
{
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(200);

    private readonly Lock _gate = new();
    private readonly HashSet<Action> _ticks = [];
    private readonly ITimer _timer;
    private Action[] _current = [];
    private int _running;

    public CallTicker(TimeProvider time) => _timer = time.CreateTimer(_ => Tick(), null, Period, Period);

    /// <summary>How many are listening.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
                return _ticks.Count;
        }
    }

    /// <summary>Calls <paramref name="tick"/> five times a second: it must neither block nor throw.</summary>
    public void Add(Action tick)
    {
        lock (_gate)
        {
            _ticks.Add(tick);
            _current = [.. _ticks];
        }
    }

    public void Remove(Action tick)
    {
        lock (_gate)
        {
            _ticks.Remove(tick);
            _current = [.. _ticks];
        }
    }

    public void Dispose() => _timer.Dispose();

    private void Tick()
    {
        // A tick that overruns its period is not run twice at once.
        if (Interlocked.Exchange(ref _running, 1) != 0)
            return;
        foreach (var tick in Volatile.Read(ref _current))
            tick();
        Volatile.Write(ref _running, 0);
    }
}
