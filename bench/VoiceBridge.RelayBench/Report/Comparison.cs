namespace VoiceBridge.RelayBench.Report;

/// <summary>
/// Two programs measured in turns (A B B A ...), so that a machine that drifts does so for both, or in the very same seconds, where what is to be told
/// apart is less than what the machine drifts from one run to the next. Ratios are taken pair by pair.
/// </summary>
internal sealed class Comparison(Subject subject, Subject against, int calls, int pairs, TimeSpan warmUp, TimeSpan measured, bool sideBySide)
{
    private readonly List<(Measurement Subject, Measurement Against)> _pairs = [];

    public void Run()
    {
        for (var pair = 0; pair < pairs; pair++)
            _pairs.Add(sideBySide ? Both() : InTurns(subjectFirst: pair % 2 == 0));
    }

    private (Measurement Subject, Measurement Against) InTurns(bool subjectFirst)
    {
        if (subjectFirst) return (Measure(subject), Measure(against));
        var first = Measure(against);
        return (Measure(subject), first);
    }

    /// <summary>The subject and the other at once, each with a generator of its own.</summary>
    private (Measurement Subject, Measurement Against) Both()
    {
        var other = Task.Factory.StartNew(() => Measure(against), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        return (Measure(subject), other.GetAwaiter().GetResult());
    }

    private Measurement Measure(Subject measuredSubject)
    {
        var result = measuredSubject.Measure(calls, warmUp, measured, cpu: null);
        Console.WriteLine(Table.Row(result));
        return result;
    }

    public ComparisonFigures Figures() => new(
        subject.Name, against.Name, calls, Ratio.Of(Ratios(m => m.CpuMicrosecondsPerFrame)), Confidence.Of(Ratios(m => m.CpuMicrosecondsPerFrame)), Ratio.Of(Ratios(m => m.P99Ms)),
        _pairs.Any(pair => pair.Subject.GeneratorLimited || pair.Against.GeneratorLimited), [.. _pairs.SelectMany(pair => new[] { pair.Subject, pair.Against })]);

    private double[] Ratios(Func<Measurement, double> figure) => [.. _pairs.Select(pair => figure(pair.Subject) / figure(pair.Against))];
}

/// <summary>Median and quartiles of paired ratios.</summary>
internal sealed record Ratio(double Lower, double Median, double Upper)
{
    public static Ratio Of(IEnumerable<double> ratios)
    {
        var sorted = ratios.Order().ToArray();
        return new Ratio(Quantile(sorted, 0.25), Quantile(sorted, 0.5), Quantile(sorted, 0.75));
    }

    private static double Quantile(double[] sorted, double share)
    {
        var at = share * (sorted.Length - 1);
        var below = (int)at;
        return below + 1 < sorted.Length ? sorted[below] + (at - below) * (sorted[below + 1] - sorted[below]) : sorted[below];
    }
}
