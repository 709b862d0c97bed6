namespace VoiceBridge.Simulator.Load;

/// <summary>What there is to say of many durations, in milliseconds.</summary>
/// <param name="Count">How many.</param>
/// <param name="P50">Half of them were at most this.</param>
/// <param name="P95">95 of 100 were at most this.</param>
/// <param name="P99">99 of 100 were at most this.</param>
/// <param name="Max">The longest.</param>
public sealed record Percentiles(int Count, double P50, double P95, double P99, double Max)
{
    /// <summary>From raw samples, nearest rank; zeros when there are none.</summary>
    public static Percentiles Of(IEnumerable<double> samples)
    {
        var sorted = samples.Order().ToArray();
        return sorted.Length == 0 ? new(0, 0, 0, 0, 0) : new(sorted.Length, At(0.50), At(0.95), At(0.99), Math.Round(sorted[^1], 1));

        double At(double part) => Math.Round(sorted[Math.Clamp((int)Math.Ceiling(part * sorted.Length) - 1, 0, sorted.Length - 1)], 1);
    }
}
