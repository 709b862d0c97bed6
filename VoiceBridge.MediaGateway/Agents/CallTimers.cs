namespace VoiceBridge.MediaGateway.Agents;

/// <summary>Timers of one call. What they do runs under the call's lock, and never after the timer was disposed.</summary>
internal sealed class CallTimers(TimeProvider time, Lock gate) : IDisposable
{
    private readonly Lock _gate = gate;
    private readonly HashSet<OneShot> _running = [];
    private bool _stopped;

    public IDisposable After(TimeSpan delay, Action action)
    {
        var timer = new OneShot(this, action);
        lock (_gate)
        {
            if (!_stopped)
            {
                _running.Add(timer);
                timer.Start(time, delay);
            }
        }
        return timer;
    }

    /// <summary>No timer fires any more, and none outlives the call: it would keep the whole call in memory.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _stopped = true;
            foreach (var timer in _running.ToArray())
                timer.Dispose();
        }
    }

    private sealed class OneShot(CallTimers owner, Action action) : IDisposable
    {
        private readonly CallTimers _owner = owner;
        private readonly Action _action = action;
        private ITimer? _timer;
        private bool _over;

        public void Start(TimeProvider time, TimeSpan delay) => _timer = time.CreateTimer(Fire, this, delay, Timeout.InfiniteTimeSpan);

        public void Dispose()
        {
            lock (_owner._gate)
            {
                _over = true;
                _owner._running.Remove(this);
                _timer?.Dispose();
            }
        }

        private static void Fire(object? state)
        {
            var timer = (OneShot)state!;
            lock (timer._owner._gate)
            {
                if (timer._over || timer._owner._stopped)
                    return;
                timer.Dispose();
                timer._action();
            }
        }
    }
}
