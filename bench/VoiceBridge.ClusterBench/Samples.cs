using System.Collections.Concurrent;

namespace VoiceBridge.ClusterBench;

/// <summary>Times in milliseconds, taken while measuring.</summary>
internal sealed class Samples
{
    private readonly ConcurrentQueue<double> _values = new();
    private volatile bool _taking;

    public int Count => _values.Count;

    public void Begin() => _taking = true;

    public void Add(TimeSpan value)
    {
        if (_taking) _values.Enqueue(value.TotalMilliseconds);
    }

    public string Summary()
    {
        var sorted = _values.Order().ToArray();
        return sorted.Length == 0 ? "none" : $"p50 {At(sorted, 0.5):F0} ms, p99 {At(sorted, 0.99):F0} ms, max {sorted[^1]:F0} ms ({sorted.Length})";
    }

    private static double At(double[] sorted, double share) => sorted[Math.Min(sorted.Length - 1, (int)(share * sorted.Length))];
}
