using VoiceBridge.RelayBench.Load;

namespace VoiceBridge.RelayBench.Report;

/// <summary>What a comparison found: the first subject and its rivals under one load. Times are in milliseconds.</summary>
internal sealed record ComparisonFigures(
    int Calls, int FrameMilliseconds, int DeltaMilliseconds, string Talk, bool Tls, bool Pinned,
    IReadOnlyList<PhaseSummary> Summaries, IReadOnlyList<PairedRatios> Ratios, IReadOnlyList<Measurement> Runs)
{
    public static ComparisonFigures Of(LoadPlan plan, IReadOnlyList<string> subjects, IReadOnlyList<Measurement> runs) => new(
        plan.Calls, plan.FrameMicroseconds / 1000, plan.FramesPerDelta * plan.FrameMicroseconds / 1000, plan.Talk.ToString(), plan.Tls, plan.Pinned,
        [.. from phase in plan.Phases from subject in subjects select PhaseSummary.Of([.. runs.Where(run => run.Subject == subject && run.Phase == phase.Name)])],
        [.. from phase in plan.Phases from rival in subjects.Skip(1) select PairedRatios.Of(phase.Name, subjects[0], rival, runs)], runs);
}

/// <summary>One program in one phase: medians and quartiles over the rounds.</summary>
internal sealed record PhaseSummary(
    string Subject, string Phase, int Rounds, Quartiles CpuMicrosecondsPerFrame, Quartiles P50, Quartiles P99, Quartiles P999, Quartiles Max, Quartiles UpP99, Quartiles DownP99,
    long Lost, int Dropped, Quartiles ResidentMiB, Quartiles StartToReady, int Disturbed, int GeneratorLimited)
{
    public static PhaseSummary Of(IReadOnlyList<Measurement> all)
    {
        var runs = Latest(all);
        return new(
            runs[0].Subject, runs[0].Phase, runs.Length, Over(m => m.CpuMicrosecondsPerFrame), Over(m => m.RoundTripMs.P50), Over(m => m.RoundTripMs.P99), Over(m => m.RoundTripMs.P999),
            Over(m => m.RoundTripMs.Max), Over(m => m.UplinkMs.P99), Over(m => m.DownlinkMs.P99), runs.Sum(m => m.Lost + m.Misdelivered), runs.Sum(m => m.Dropped),
            Over(m => m.ResidentKiB / 1024.0), Over(m => m.StartToReadyMs), runs.Count(m => m.Disturbed), runs.Count(m => m.GeneratorLimited));

        Quartiles Over(Func<Measurement, double> figure) => Quartiles.Of(runs.Select(figure));
    }

    /// <summary>A run that was repeated because somebody else used the machine counts no more.</summary>
    public static Measurement[] Latest(IEnumerable<Measurement> runs) => [.. runs.GroupBy(run => run.Round).Select(round => round.Last())];
}

/// <summary>Ratios, round by round, of the subject to a rival.</summary>
internal sealed record PairedRatios(string Subject, string Rival, string Phase, Quartiles Cpu, Confidence Cpu95, Quartiles P50, Quartiles P99, Confidence P99With95)
{
    public static PairedRatios Of(string phase, string subject, string rival, IReadOnlyList<Measurement> runs)
    {
        var rounds = runs.Where(run => run.Phase == phase).GroupBy(run => run.Round)
            .Select(round => (Subject: round.Last(run => run.Subject == subject), Rival: round.Last(run => run.Subject == rival))).ToArray();
        var (cpu, p99) = (Over(m => m.CpuMicrosecondsPerFrame), Over(m => m.RoundTripMs.P99));
        return new(subject, rival, phase, Quartiles.Of(cpu), Confidence.Of(cpu), Quartiles.Of(Over(m => m.RoundTripMs.P50)), Quartiles.Of(p99), Confidence.Of(p99));

        double[] Over(Func<Measurement, double> figure) => [.. rounds.Select(round => figure(round.Subject) / figure(round.Rival))];
    }
}

/// <summary>How many calls one core carried, and what ended the search.</summary>
internal sealed record CapacityFigures(string Subject, int Calls, string EndedBy, IReadOnlyList<Measurement> Steps);
