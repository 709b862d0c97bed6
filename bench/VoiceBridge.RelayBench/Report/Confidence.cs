namespace VoiceBridge.RelayBench.Report;

/// <summary>Where the mean of paired ratios lies with 95 % confidence (Student's t of their logarithms).</summary>
internal sealed record Confidence(double Lower, double Upper)
{
    /// <summary>Two-sided 95 % quantiles of t for 1, 2, ... degrees of freedom.</summary>
    private static readonly double[] T =
    [
        12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160, 2.145, 2.131,
        2.120, 2.110, 2.101, 2.093, 2.086, 2.080, 2.074, 2.069, 2.064, 2.060, 2.056, 2.052, 2.048, 2.045, 2.042,
    ];

    public static Confidence Of(IReadOnlyCollection<double> ratios)
    {
        if (ratios.Count < 3) return new Confidence(0, double.PositiveInfinity);
        var logarithms = ratios.Select(ratio => Math.Log(ratio)).ToArray();
        var mean = logarithms.Average();
        var deviation = Math.Sqrt(logarithms.Sum(value => (value - mean) * (value - mean)) / (logarithms.Length - 1));
        var half = T[Math.Min(T.Length, logarithms.Length - 1) - 1] * deviation / Math.Sqrt(logarithms.Length);
        return new Confidence(Math.Exp(mean - half), Math.Exp(mean + half));
    }
}
