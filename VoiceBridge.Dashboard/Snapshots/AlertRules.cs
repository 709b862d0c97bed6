using VoiceBridge.Cluster.Gateways;

namespace VoiceBridge.Dashboard.Snapshots;

/// <summary>What an operator should know beside the verdict: one alert for each cause, the worst first, and what is over last.</summary>
internal static class AlertRules
{
    /// <summary>What services announce when a media socket could not be opened.</summary>
    internal const string MediaAddress = "cannot reach the media address";

    public static IReadOnlyList<Alert> Evaluate(ClusterSnapshot snapshot, IReadOnlyList<Alert> announced)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        ArgumentNullException.ThrowIfNull(announced);
        var conditions = Conditions.Of(snapshot);
        // The first line of the page says it already.
        var own = conditions is [{ Severity: Severity.Critical }, ..] ? conditions.Skip(1) : conditions;
        return
        [
            .. own.Select(condition => condition.ToAlert()).Concat(announced.Select(alert => Judge(snapshot, alert)).OfType<Alert>())
                .OrderBy(alert => alert.OverSince is not null).ThenByDescending(alert => alert.Severity),
        ];
    }

    /// <summary>Sockets that nobody is there to take are no cause of their own; and a call that was heard since shows that they open again.</summary>
    private static Alert? Judge(ClusterSnapshot snapshot, Alert announced)
    {
        if (!announced.Text.Contains(MediaAddress, StringComparison.Ordinal)) return announced;
        var heard = snapshot.Live.Concat(snapshot.Recent).Where(call => call.IsPhoneCall && call.FirstAudioAt > announced.At).Min(call => call.FirstAudioAt);
        if (heard is not null) return announced with { Severity = Severity.Info, OverSince = heard };
        return snapshot.Living.Any(gateway => gateway.State is GatewayState.Ready or GatewayState.Full or GatewayState.Draining) ? announced : null;
    }
}
