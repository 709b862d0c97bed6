
namespace VoiceBridge.Dashboard.Snapshots;

/// <summary>Says of a snapshot whether callers are served.</summary>
internal static class VerdictRules
{
    private const string Away = "Redis does not answer: the figures below are old.";
    private const string AwayDetail = "Calls in progress go on. New callers are answered until the last known free slots are used up, then hear busy. Look at Redis first.";

    public static Verdict Of(ClusterSnapshot snapshot)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        if (snapshot.StaleSince is { } stale) return new Verdict(Severity.Warning, Away, AwayDetail, stale);
        if (!snapshot.IsKnown) return new Verdict(Severity.Warning, "The cluster has not been read yet.", "This page fills as soon as Redis answers.");
        if (MainCause(snapshot) is { } main) return new Verdict(main.Severity, main.Until is null ? main.Headline : $"{main.Headline}.", main.Detail, main.Since) { Until = main.Until };
        var free = Math.Max(0, snapshot.Load.Capacity - snapshot.Load.Active - snapshot.Load.Reserved);
        return new Verdict(Severity.Info, $"Callers are served: {Number(free, "slot")} of {snapshot.Load.Capacity} free.");
    }

    /// <summary>The cause that is said in the first line, because callers are not served; null when they are.</summary>
    public static Condition? MainCause(ClusterSnapshot snapshot) =>
        Conditions.Of(snapshot) is [{ Severity: Severity.Critical } worst, ..] ? worst : null;

    internal static string Number(long count, string what) => count == 1 ? $"1 {what}" : $"{count} {what}s";
}
