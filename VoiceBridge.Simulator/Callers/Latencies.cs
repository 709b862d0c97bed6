namespace VoiceBridge.Simulator.Callers;

/// <summary>How long the agent takes to answer, and to fall silent.</summary>
internal sealed class Latencies(TimeProvider time)
{
    private readonly Lock _gate = new();
    private readonly List<double> _turns = [];
    private readonly List<double> _bargeIns = [];
    private long _callerEnded;
    private long _callerBeganOver;

    internal IReadOnlyList<double> Turns
    {
        get
        {
            lock (_gate) return [.. _turns];
        }
    }

    internal IReadOnlyList<double> BargeIns
    {
        get
        {
            lock (_gate) return [.. _bargeIns];
        }
    }

    /// <param name="over">Whether the agent is speaking, too.</param>
    internal void CallerBegan(bool over)
    {
        lock (_gate)
        {
            _callerEnded = 0;
            _callerBeganOver = over ? time.GetTimestamp() : 0;
        }
    }

    internal void CallerEnded()
    {
        lock (_gate) _callerEnded = time.GetTimestamp();
    }

    internal void AgentBegan()
    {
        lock (_gate) Take(ref _callerEnded, _turns);
    }

    internal void Stopped()
    {
        lock (_gate) Take(ref _callerBeganOver, _bargeIns);
    }

    private void Take(ref long since, List<double> into)
    {
        if (since == 0) return;
        into.Add(time.GetElapsedTime(since).TotalMilliseconds);
        since = 0;
    }
}
