namespace VoiceBridge.ServiceDefaults.Redis;

/// <summary>How long to wait before the next try.</summary>
internal static class RetryDelay
{
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(1);

    /// <summary>One second, doubled with each failure in a row, up to a minute; a fifth more or less, so that replicas do not try together.</summary>
    public static TimeSpan After(int failures)
    {
        var seconds = Math.Min(Longest.TotalSeconds, Math.Pow(2, Math.Min(failures, 10) - 1));
        return TimeSpan.FromSeconds(seconds * (0.8 + (0.4 * Random.Shared.NextDouble())));
    }
}
