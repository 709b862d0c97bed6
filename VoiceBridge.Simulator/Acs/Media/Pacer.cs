namespace VoiceBridge.Simulator.Acs.Media;

/// <summary>Gives every call its 20 ms, all from one loop: no timer per call. A loop that was held up catches up, as ACS does, in a burst.</summary>
internal sealed class Pacer : IAsyncDisposable
{
    private const int MostToCatchUp = 50;
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(5);
    private readonly TimeProvider _time;
    private readonly long _frame;
    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _running;
    private Entry[] _entries = [];
    private TaskCompletionSource _work = new(TaskCreationOptions.RunContinuationsAsynchronously);

    internal Pacer(TimeProvider time)
    {
        _time = time;
        _frame = time.TimestampFrequency * Audio.Pcm.FrameMilliseconds / 1000;
        _running = Task.Run(RunAsync);
    }

    /// <summary>Who is called every 20 ms, on the loop's thread: it must not block.</summary>
    internal interface IPaced
    {
        void Tick();

        /// <summary>Its tick threw, and it will not be called again.</summary>
        void Fail(Exception why);
    }

    internal void Add(IPaced paced)
    {
        lock (_gate)
        {
            _entries = [.. _entries, new Entry(paced) { Next = _time.GetTimestamp() }];
            _work.TrySetResult();
        }
    }

    internal void Remove(IPaced paced)
    {
        lock (_gate) _entries = [.. _entries.Where(e => e.Paced != paced)];
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _stop.Dispose();
    }

    private async Task RunAsync()
    {
        using var timer = new PeriodicTimer(Step, _time);
        try
        {
            while (true)
            {
                var entries = Volatile.Read(ref _entries);
                if (entries.Length == 0)
                {
                    Task work;
                    lock (_gate)
                    {
                        if (_entries.Length > 0) continue;
                        _work = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                        work = _work.Task;
                    }
                    await work.WaitAsync(_stop.Token);
                    continue;
                }
                foreach (var entry in entries) Run(entry);
                await timer.WaitForNextTickAsync(_stop.Token);
            }
        }
        catch (OperationCanceledException)
        {
            // The simulator is being stopped.
        }
    }

    private void Run(Entry entry)
    {
        var now = _time.GetTimestamp();
        for (var ticks = 0; now >= entry.Next; ticks++)
        {
            if (ticks == MostToCatchUp)
            {
                entry.Next = now + _frame;
                return;
            }
            entry.Next += _frame;
            try
            {
                entry.Paced.Tick();
            }
            catch (Exception e)
            {
                // The edge of a call: its failure is nobody else's.
                Remove(entry.Paced);
                entry.Paced.Fail(e);
                return;
            }
        }
    }

    private sealed class Entry(IPaced paced)
    {
        internal IPaced Paced { get; } = paced;

        internal long Next { get; set; }
    }
}
