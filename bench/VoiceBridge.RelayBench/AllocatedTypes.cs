using System.Diagnostics;
using System.Diagnostics.Tracing;
using System.Globalization;

/// <summary>
/// What the measured process allocates, by type: the runtime tells of one allocation in about 100 KB. It costs a few microseconds each, so a run that asks for it
/// (RELAYBENCH_TYPES is the beginning of the files' names) is not one to be compared.
/// </summary>
internal sealed class AllocatedTypes(string path) : EventListener
{
    private const EventKeywords Gc = (EventKeywords)0x1;
    private static readonly TimeSpan BeforeLoad = TimeSpan.FromSeconds(25);
    private readonly long _began = Stopwatch.GetTimestamp();
    private readonly Dictionary<string, long> _types = [];

    public void Write()
    {
        lock (_types)
        {
            File.WriteAllLines($"{path}-{Environment.ProcessId}.txt", _types.OrderByDescending(type => type.Value).Select(type =>
                string.Create(CultureInfo.InvariantCulture, $"{type.Value,12} {type.Key}")));
        }
    }

    protected override void OnEventSourceCreated(EventSource eventSource)
    {
        if (eventSource.Name == "Microsoft-Windows-DotNETRuntime") EnableEvents(eventSource, EventLevel.Verbose, Gc);
    }

    protected override void OnEventWritten(EventWrittenEventArgs eventData)
    {
        if (Stopwatch.GetElapsedTime(_began) < BeforeLoad || eventData.EventName?.StartsWith("GCAllocationTick", StringComparison.Ordinal) != true) return;
        var type = (string)eventData.Payload![eventData.PayloadNames!.IndexOf("TypeName")]!;
        var bytes = Convert.ToInt64(eventData.Payload[eventData.PayloadNames.IndexOf("AllocationAmount64")], CultureInfo.InvariantCulture);
        var size = Convert.ToInt64(eventData.Payload[eventData.PayloadNames.IndexOf("ObjectSize")], CultureInfo.InvariantCulture);
        var key = $"{type} ({size} B)";
        lock (_types) _types[key] = _types.GetValueOrDefault(key) + bytes;
    }
}
