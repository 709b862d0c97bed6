using System.Diagnostics.Metrics;

namespace VoiceBridge.System.Tests.Harness;

/// <summary>Counts what the services of this process say became of calls (the metric <c>voicebridge.calls</c>).</summary>
internal sealed class Outcomes : IDisposable
{
    private readonly MeterListener _listener = new();
    private long _answered;

    internal Outcomes()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Name == "voicebridge.calls") listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((_, count, tags, _) =>
        {
            foreach (var tag in tags)
            {
                if (tag is { Key: "outcome", Value: "answered" }) Interlocked.Add(ref _answered, count);
            }
        });
        _listener.Start();
    }

    internal long Answered => Interlocked.Read(ref _answered);

    public void Dispose() => _listener.Dispose();
}
