namespace VoiceBridge.RelayBench.Report;

/// <summary>How many calls one core carries: server on CPU 0, generator on CPU 1, steps until frames are lost or late.</summary>
internal static class Capacity
{
    private const double P99LimitMs = 50;

    /// <summary>The last step that held, and whether it was the generator that gave up.</summary>
    public static (int Calls, bool GeneratorLimited) Find(Subject subject, int from, int step, int most, TimeSpan warmUp, TimeSpan measured)
    {
        var held = 0;
        for (var calls = from; calls <= most; calls += step)
        {
            var result = subject.Measure(calls, warmUp, measured, cpu: 0);
            Console.WriteLine(Table.Row(result));
            if (result.GeneratorLimited) return (held, true);
            if (result.Lost > 0 || result.Misdelivered > 0 || result.P99Ms > P99LimitMs) return (held, false);
            held = calls;
        }

        return (held, true);
    }
}
