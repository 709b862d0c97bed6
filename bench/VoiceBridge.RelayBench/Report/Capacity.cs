using VoiceBridge.RelayBench.Load;

namespace VoiceBridge.RelayBench.Report;

/// <summary>How many calls one core carries: server on CPU 0, generator on CPU 1, steps until frames are lost or late.</summary>
internal static class Capacity
{
    private const double P99LimitMs = 50;

    /// <summary>The last step that held, and what ended the search: the program's limit, the generator's, or <paramref name="most"/>.</summary>
    public static CapacityFigures Find(Rig rig, Subject subject, int from, int step, int most, Phase measured)
    {
        var held = 0;
        var steps = new List<Measurement>();
        for (var calls = from; calls <= most; calls += step)
        {
            var result = rig.Measure(subject, new LoadPlan { Calls = calls, Phases = [measured], Pinned = true })[0];
            steps.Add(result);
            Console.WriteLine(Table.Row(result));
            if (result.GeneratorLimited) return Found("generator-limited");
            if (result.Lost > 0 || result.Misdelivered > 0 || result.Dropped > 0 || result.OneWayP99Ms > P99LimitMs) return Found("its limit");
            held = calls;
        }

        return Found("not its limit");

        CapacityFigures Found(string endedBy) => new(subject.Name, held, endedBy, steps);
    }
}
