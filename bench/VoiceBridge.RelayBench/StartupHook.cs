using System.Diagnostics.Metrics;
using VoiceBridge.RelayBench.Report;

/// <summary>
/// Loaded into every measured process alike (DOTNET_STARTUP_HOOKS): writes what the process counts of itself to the file of
/// RELAYBENCH_GC twice a second, so that the measured programs need no endpoint for it.
/// </summary>
internal static class StartupHook
{
    private const string BargeInLatency = "voicebridge.barge_in.latency";
    private static readonly List<double> BargeInMs = [];

    public static void Initialize()
    {
        if (Environment.GetEnvironmentVariable("RELAYBENCH_GC") is not { Length: > 0 } path) return;
        var listener = new MeterListener
        {
            InstrumentPublished = static (instrument, listener) =>
            {
                if (instrument.Name == BargeInLatency) listener.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<double>(static (_, seconds, _, _) =>
        {
            lock (BargeInMs) BargeInMs.Add(seconds * 1000);
        });
        listener.Start();
        var types = Environment.GetEnvironmentVariable("RELAYBENCH_TYPES") is { Length: > 0 } file ? new AllocatedTypes(file) : null;
        new Thread(() => Write(path, types)) { IsBackground = true, Name = "counters" }.Start();
    }

    private static void Write(string path, AllocatedTypes? types)
    {
        while (true)
        {
            double[] bargeIns;
            lock (BargeInMs) bargeIns = [.. BargeInMs];
            var counters = new ProcessCounters(GC.GetTotalAllocatedBytes(), GC.CollectionCount(0), GC.GetTotalPauseDuration().TotalMilliseconds, bargeIns);
            File.WriteAllText(path + ".new", counters.ToString());
            File.Move(path + ".new", path, overwrite: true);
            types?.Write();
            Thread.Sleep(500);
        }
    }
}
