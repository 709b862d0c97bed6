using System.Diagnostics.Metrics;

namespace VoiceBridge.System.Tests.Trust;

/// <summary>Counts whom the services of this process turn away (the metric <c>voicebridge.refusals</c>).</summary>
internal sealed class Refusals : IDisposable
{
    private readonly MeterListener _listener = new();
    private long _count;

    internal Refusals()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Name == "voicebridge.refusals") listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((_, count, _, _) => Interlocked.Add(ref _count, count));
        _listener.Start();
    }

    internal long Count => Interlocked.Read(ref _count);

    public void Dispose() => _listener.Dispose();
}
