using System.Collections.Concurrent;
using System.Threading.Channels;
using VoiceBridge.MediaGateway.Calls.Facts;

namespace VoiceBridge.MediaGateway.Calls;

/// <summary>
/// The one thread of decisions of a call. Sockets, tools and operators post signals from their own threads, timers become due; the loop handles them one after
/// the other, so that nothing below it needs a lock. Under a fake clock the order is the same in each run (<see cref="RunDue"/>).
/// </summary>
/// <param name="time">The clock.</param>
/// <param name="capacity">More signals than this are not taken: the loop is stuck.</param>
/// <param name="settled">Called when everything that was due has been handled.</param>
/// <param name="failed">Called with the exception of a signal's handler and the signal's name.</param>
internal sealed class CallLoop(TimeProvider time, int capacity, Action settled, Action<Exception, string> failed) : ICallTimers, IDisposable
{
    private readonly ConcurrentQueue<CallSignal> _signals = new();
    private readonly List<LoopTimer> _timers = [];
    private readonly long _origin = time.GetTimestamp();

    // Room for one wake: a second one adds nothing.
    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });

    private ITimer? _timer;
    private TimeSpan _armed = TimeSpan.MaxValue;
    private int _count;
    private long _timerNumber;
    private volatile bool _completed;
    private bool _running;

    /// <summary>Called instead of waking <see cref="RunAsync"/>: for tests that run the loop themselves.</summary>
    public Action? OnWake { get; set; }

    public DateTimeOffset Now => time.GetUtcNow();

    private TimeSpan Elapsed => time.GetElapsedTime(_origin);

    /// <summary>Adds a signal and wakes the loop; false when the loop is full or complete.</summary>
    public bool Post(string name, Action handle)
    {
        if (!PostLazily(name, handle))
            return false;
        WakeUp();
        return true;
    }

    /// <summary>Adds a signal that is handled with the next one posted, or after <see cref="Wake"/>: waking the loop costs more than most signals do.</summary>
    public bool PostLazily(string name, Action handle)
    {
        if (_completed)
            return false;
        if (Interlocked.Increment(ref _count) > capacity)
        {
            Interlocked.Decrement(ref _count);
            return false;
        }
        _signals.Enqueue(new CallSignal(name, handle));
        return true;
    }

    /// <summary>Wakes the loop if signals wait for it.</summary>
    public void Wake()
    {
        if (Volatile.Read(ref _count) > 0)
            WakeUp();
    }

    /// <summary>Handles a signal at a time of the clock. On the loop only.</summary>
    public IDisposable At(DateTimeOffset at, string name, Action handle)
    {
        var delay = at - Now;
        var timer = new LoopTimer(this, Elapsed + (delay > TimeSpan.Zero ? delay : TimeSpan.Zero), _timerNumber++, new CallSignal(name, handle));
        if (!_completed)
            _timers.Add(timer);
        return timer;
    }

    public IDisposable After(TimeSpan delay, Action action) => At(Now + delay, "timer", action);

    /// <summary>Takes no further signals; what is there is still handled.</summary>
    public void Complete()
    {
        _completed = true;
        _wake.Writer.TryComplete();
    }

    /// <summary>Runs until the loop is complete.</summary>
    public async Task RunAsync()
    {
        bool open;
        do
        {
            // The clock is read before the first wait: timers may have been set already.
            RunDue();
            open = await _wake.Reader.WaitToReadAsync();
            _wake.Reader.TryRead(out _);
        }
        while (open);
        RunDue();
    }

    /// <summary>Handles all signals that wait, and then the timers that are due, in the order of their times. One caller at a time.</summary>
    public void RunDue()
    {
        if (_running)
            return;
        _running = true;
        while (TryTake(out var signal))
        {
            try
            {
                signal.Handle();
                if (_signals.IsEmpty && (_completed || NextTimer() is not { } next || next.Due > Elapsed))
                    settled();
            }
            catch (Exception exception)
            {
                // One call's bug is nobody else's.
                failed(exception, signal.Name);
            }
        }
        _running = false;
        Arm();
    }

    /// <summary>No timer fires any more.</summary>
    public void Dispose()
    {
        Complete();
        _timer?.Dispose();
        _timers.Clear();
    }

    private void WakeUp()
    {
        if (OnWake is { } wake)
            wake();
        else
            _wake.Writer.TryWrite(true);
    }

    private bool TryTake(out CallSignal signal)
    {
        if (_signals.TryDequeue(out signal))
        {
            Interlocked.Decrement(ref _count);
            return true;
        }
        if (_completed || NextTimer() is not { } timer || timer.Due > Elapsed)
            return false;
        _timers.Remove(timer);
        signal = timer.Signal;
        return true;
    }

    // A call has a dozen timers at most.
    private LoopTimer? NextTimer()
    {
        LoopTimer? next = null;
        foreach (var timer in _timers)
            if (next is null || (timer.Due, timer.Number).CompareTo((next.Due, next.Number)) < 0)
                next = timer;
        return next;
    }

    private void Arm()
    {
        var due = _completed || NextTimer() is not { } next ? TimeSpan.MaxValue : next.Due;
        if (due == _armed)
            return;
        _armed = due;
        _timer ??= time.CreateTimer(static state => ((CallLoop)state!).OnTimer(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        var wait = due - Elapsed;
        // Rounded up: a timer that fires a moment early would find nothing due.
        _timer.Change(due == TimeSpan.MaxValue ? Timeout.InfiniteTimeSpan
            : TimeSpan.FromMilliseconds(Math.Max(0, Math.Ceiling(wait.TotalMilliseconds))), Timeout.InfiniteTimeSpan);
    }

    private void OnTimer()
    {
        _armed = TimeSpan.MinValue;
        WakeUp();
    }

    private sealed class LoopTimer(CallLoop loop, TimeSpan due, long number, CallSignal signal) : IDisposable
    {
        public TimeSpan Due => due;

        public long Number => number;

        public CallSignal Signal => signal;

        public void Dispose() => loop._timers.Remove(this);
    }
}

/// <summary>Something for a call's loop to decide on: a server event, a tool's result, a key, an operator's order.</summary>
/// <param name="Name">Named in the log when <paramref name="Handle"/> fails.</param>
/// <param name="Handle">What the loop does about it.</param>
internal readonly record struct CallSignal(string Name, Action Handle);
