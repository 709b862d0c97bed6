namespace VoiceBridge.Cluster.Series;

/// <summary>Adds up counters until somebody writes them (<see cref="Series.AddAsync"/>): one round trip, whatever the rush. Thread-safe.</summary>
public sealed class SeriesTally
{
    private readonly Lock _gate = new();
    private Dictionary<string, long> _counters = new(StringComparer.Ordinal);

    /// <summary>Adds <paramref name="count"/> to a counter.</summary>
    public void Add(string counter, long count = 1)
    {
        if (count == 0) return;
        lock (_gate) _counters[counter] = _counters.GetValueOrDefault(counter) + count;
    }

    /// <summary>Counts a latency into the buckets of <paramref name="series"/>. No bucket reaches beyond <paramref name="longest"/>, where something bounds it.</summary>
    public void AddLatency(string series, TimeSpan latency, TimeSpan? longest = null) => Add(LatencyBuckets.Counter(series, latency.TotalMilliseconds, longest?.TotalMilliseconds));

    /// <summary>What was added since the last time.</summary>
    public Dictionary<string, long> Take()
    {
        lock (_gate)
        {
            if (_counters.Count == 0) return [];
            var taken = _counters;
            _counters = new(StringComparer.Ordinal);
            return taken;
        }
    }

    /// <summary>Gives back what was taken and could not be written.</summary>
    public void Return(IReadOnlyDictionary<string, long> taken)
    {
        foreach (var (counter, count) in taken) Add(counter, count);
    }
}
