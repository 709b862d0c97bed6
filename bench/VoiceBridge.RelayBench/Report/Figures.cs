namespace VoiceBridge.RelayBench.Report;

/// <summary>What a comparison found: paired ratios of <paramref name="Subject"/> to <paramref name="Against"/>.</summary>
internal sealed record ComparisonFigures(
    string Subject, string Against, int Calls, Ratio CpuPerFrame, Confidence CpuPerFrame95, Ratio P99, bool GeneratorLimited, IReadOnlyList<Measurement> Runs)
{
    public override string ToString() => GeneratorLimited
        ? $"=> {Calls} calls, {Subject} / {Against}: generator-limited"
        : FormattableString.Invariant($"=> {Calls} calls, {Subject} / {Against}: CPU per frame {CpuPerFrame.Median:F2} [{CpuPerFrame.Lower:F2}, {CpuPerFrame.Upper:F2}], 95 % of the mean {CpuPerFrame95.Lower:F2} to {CpuPerFrame95.Upper:F2}; p99 {P99.Median:F2} [{P99.Lower:F2}, {P99.Upper:F2}]");
}

/// <summary>How many calls one core carried, and what ended the search.</summary>
internal sealed record CapacityFigures(string Subject, int Calls, string EndedBy, IReadOnlyList<Measurement> Steps);
