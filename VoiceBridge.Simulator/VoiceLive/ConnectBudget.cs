namespace VoiceBridge.Simulator.VoiceLive;

/// <summary>New connections within the last minute, as a sliding window.</summary>
internal sealed class ConnectBudget(TimeProvider time)
{
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);
    private readonly Lock _gate = new();
    private readonly Queue<long> _taken = new();

    /// <summary>Takes one connection of so many a minute (0 = no limit), or says how long to wait for the next.</summary>
    internal bool TryTake(int perMinute, out TimeSpan wait)
    {
        lock (_gate)
        {
            while (_taken.TryPeek(out var oldest) && time.GetElapsedTime(oldest) >= Window) _taken.Dequeue();
            wait = TimeSpan.Zero;
            if (perMinute > 0 && _taken.Count >= perMinute)
            {
                wait = Window - time.GetElapsedTime(_taken.Peek());
                return false;
            }
            _taken.Enqueue(time.GetTimestamp());
            return true;
        }
    }
}
