namespace VoiceBridge.RelayBench.Load;

/// <summary>Raw latency samples in microseconds; percentiles come from all of them.</summary>
internal sealed class Latencies(int expected)
{
    private int[] _samples = new int[expected];
    private bool _sorted;

    public int Count { get; private set; }

    public void Add(int microseconds)
    {
        if (Count == _samples.Length) Array.Resize(ref _samples, Count * 2);
        _samples[Count++] = microseconds;
    }

    /// <summary>The sample below which <paramref name="share"/> of all lie, in milliseconds; NaN without samples.</summary>
    public double Percentile(double share)
    {
        if (Count == 0) return double.NaN;
        if (!_sorted) Array.Sort(_samples, 0, Count);
        _sorted = true;
        return _samples[Math.Min(Count - 1, (int)(Count * share))] / 1000.0;
    }
}
