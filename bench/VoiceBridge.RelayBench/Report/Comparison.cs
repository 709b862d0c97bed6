using VoiceBridge.RelayBench.Load;

namespace VoiceBridge.RelayBench.Report;

/// <summary>
/// Programs measured in turns (A B C, C B A, ...), so that a machine that drifts does so for all, or two of them in the very same seconds, where what is to be told
/// apart is less than what the machine drifts from one run to the next. Ratios are taken round by round.
/// </summary>
internal sealed class Comparison(Rig rig, IReadOnlyList<Subject> subjects, LoadPlan plan, int rounds, int retries, bool sideBySide)
{
    private readonly List<Measurement> _runs = [];

    public ComparisonFigures Run()
    {
        for (var round = 0; round < rounds; round++)
        {
            if (sideBySide) _runs.AddRange(BothAtOnce(round));
            else foreach (var subject in round % 2 == 0 ? subjects : subjects.Reverse()) _runs.AddRange(Measure(subject, round));
        }

        return ComparisonFigures.Of(plan, [.. subjects.Select(subject => subject.Name)], _runs);
    }

    /// <summary>The first two, each with a generator of its own.</summary>
    private IReadOnlyList<Measurement> BothAtOnce(int round)
    {
        var other = Task.Factory.StartNew(() => rig.Measure(subjects[1], plan, round), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        Measurement[] both = [.. rig.Measure(subjects[0], plan, round), .. other.GetAwaiter().GetResult()];
        // Each would count the other as somebody else.
        return Shown([.. both.Select(measurement => measurement with { OthersShare = double.NaN })]);
    }

    /// <summary>Again, if somebody else used the machine.</summary>
    private IReadOnlyList<Measurement> Measure(Subject subject, int round)
    {
        for (var attempt = 0; ; attempt++)
        {
            var measured = Shown(rig.Measure(subject, plan, round));
            if (attempt >= retries || !measured.Any(measurement => measurement.Disturbed)) return measured;
        }
    }

    private static IReadOnlyList<Measurement> Shown(IReadOnlyList<Measurement> measured)
    {
        foreach (var measurement in measured) Console.WriteLine(Table.Row(measurement));
        return measured;
    }
}
