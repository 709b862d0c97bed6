using System.Diagnostics.Metrics;

namespace VoiceBridge.Testing;

/// <summary>Adds up a counter of this process's services from now on, or of one of its tags only.</summary>
public sealed class MetricCount : IDisposable
{
    private readonly MeterListener _listener = new();
    private long _count;

    /// <param name="name">The metric, as <c>voicebridge.calls</c>.</param>
    /// <param name="tag">The tag that a measurement must have to be counted.</param>
    /// <param name="value">That tag's value.</param>
    public MetricCount(string name, string? tag = null, object? value = null)
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Name == name) listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((_, count, tags, _) =>
        {
            if (tag is null || Has(tags, tag, value)) Interlocked.Add(ref _count, count);
        });
        _listener.Start();
    }

    public long Count => Interlocked.Read(ref _count);

    public void Dispose() => _listener.Dispose();

    private static bool Has(ReadOnlySpan<KeyValuePair<string, object?>> tags, string tag, object? value)
    {
        foreach (var (name, its) in tags)
        {
            if (name == tag && Equals(its, value)) return true;
        }

        return false;
    }
}
