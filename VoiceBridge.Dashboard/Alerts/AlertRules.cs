using VoiceBridge.Dashboard.Snapshots;

namespace VoiceBridge.Dashboard.Alerts;

/// <summary>What an operator should know beside the verdict: one alert for each cause, the worst first.</summary>
internal static class AlertRules
{
    public static IReadOnlyList<Alert> Evaluate(ClusterSnapshot snapshot, IReadOnlyList<Alert> announced)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        ArgumentNullException.ThrowIfNull(announced);
        var conditions = Conditions.Of(snapshot);
        // The first line of the page says it already.
        var own = conditions is [{ Severity: Severity.Critical }, ..] ? conditions.Skip(1) : conditions;
        return [.. own.Select(condition => condition.ToAlert()).Concat(announced).OrderBy(alert => alert.OverSince is not null).ThenByDescending(alert => alert.Severity)];
    }
}
