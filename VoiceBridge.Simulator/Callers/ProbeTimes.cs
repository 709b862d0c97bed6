namespace VoiceBridge.Simulator.Callers;

/// <summary>When each measured frame went out, and how long it took to come back.</summary>
internal sealed class ProbeTimes(TimeProvider time)
{
    private const int Window = 4096;
    private readonly long[] _sent = new long[Window];
    private readonly List<double> _roundTrips = [];
    private readonly Lock _gate = new();

    internal long Count { get; private set; }

    internal IReadOnlyList<double> RoundTrips
    {
        get
        {
            lock (_gate) return [.. _roundTrips];
        }
    }

    /// <summary>Sent and not back yet.</summary>
    internal long Missing
    {
        get
        {
            lock (_gate) return Count - _roundTrips.Count;
        }
    }

    internal void Sent(ushort number)
    {
        lock (_gate)
        {
            Count++;
            _sent[number % Window] = time.GetTimestamp();
        }
    }

    internal void Back(ushort number)
    {
        lock (_gate)
        {
            var sent = _sent[number % Window];
            if (sent == 0) return; // each frame carries its number several times
            _sent[number % Window] = 0;
            _roundTrips.Add(time.GetElapsedTime(sent).TotalMilliseconds);
        }
    }
}
