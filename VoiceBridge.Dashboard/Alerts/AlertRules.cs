using VoiceBridge.Cluster.Calls;
using VoiceBridge.Cluster.Gateways;
using VoiceBridge.Dashboard.Snapshots;

namespace VoiceBridge.Dashboard.Alerts;

/// <summary>Says in words what is wrong with a snapshot, the worst first.</summary>
internal static class AlertRules
{
    private const double NearlyFull = 0.9;
    private const int FewestCallsToJudge = 5;
    private const double TooManyFailures = 0.1;
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(5);

    public static IReadOnlyList<Alert> Evaluate(ClusterSnapshot snapshot, IReadOnlyList<Alert> announced)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        return
        [
            .. announced.Concat(Gateways(snapshot)).Concat(Capacity(snapshot)).Concat(VoiceLive(snapshot)).Concat(Calls(snapshot))
                .OrderByDescending(alert => alert.Health),
        ];
    }

    private static IEnumerable<Alert> Gateways(ClusterSnapshot snapshot)
    {
        var all = snapshot.Gateways.Count;
        var living = snapshot.Gateways.Count(gateway => gateway.State is not GatewayState.Dead);
        if (living == 0)
        {
            yield return new Alert(Health.Failed, "No media gateway is alive: calls ring and are then turned away.", Link: "/gateways");
            yield break;
        }

        foreach (var (state, health, words) in new[]
        {
            (GatewayState.Dead, Health.Failed, "dead"),
            (GatewayState.Suspect, Health.Degraded, "suspect: no heartbeat for 3 s"),
            (GatewayState.Draining, Health.Degraded, "draining"),
        })
        {
            var count = snapshot.Gateways.Count(gateway => gateway.State == state);
            if (count > 0) yield return new Alert(health, $"{count} of {all} gateways {words}.", Link: "/gateways");
        }

        var versions = snapshot.Gateways.Where(gateway => gateway.State is not GatewayState.Dead).Select(gateway => gateway.Heartbeat.Version).Distinct().ToArray();
        if (versions.Length > 1) yield return new Alert(Health.Info, $"{versions.Length} versions of the gateway run side by side.", Link: "/gateways");
    }

    private static IEnumerable<Alert> Capacity(ClusterSnapshot snapshot)
    {
        var load = snapshot.Load;
        var taken = load.Active + load.Reserved;
        if (load.Capacity > 0 && taken >= load.Capacity)
            yield return new Alert(Health.Failed, $"Full: {taken} of {load.Capacity} slots are taken; new calls wait and are then busy.");
        else if (load.Capacity > 0 && taken >= load.Capacity * NearlyFull)
            yield return new Alert(Health.Degraded, $"Nearly full: {taken} of {load.Capacity} slots are taken.");
        if (load.Waiting > 0)
            yield return new Alert(Health.Degraded, load.Waiting == 1 ? "1 call waits for a free slot." : $"{load.Waiting} calls wait for a free slot.");
    }

    private static IEnumerable<Alert> VoiceLive(ClusterSnapshot snapshot)
    {
        foreach (var down in snapshot.Budgets.Where(budget => budget.HealthyOn == 0))
            yield return new Alert(Health.Failed, $"Voice Live endpoint {down.Name} is not reached by any gateway.");
        foreach (var partly in snapshot.Budgets.Where(budget => budget.HealthyOn > 0 && budget.HealthyOn < budget.KnownTo))
            yield return new Alert(Health.Degraded, $"Voice Live endpoint {partly.Name} is reached by {partly.HealthyOn} of {partly.KnownTo} gateways only.");

        // What no gateway reaches serves nobody, however much of it is left.
        var reached = snapshot.Budgets.Where(budget => budget.HealthyOn > 0).ToArray();
        var spent = reached.Where(budget => budget.Left == 0).ToArray();
        if (spent.Length == 0) yield break;
        if (spent.Length == reached.Length)
            yield return new Alert(Health.Failed, "No Voice Live budget left", Until: spent.Min(budget => budget.FreeAt));
        else
            foreach (var budget in spent)
                yield return new Alert(Health.Degraded, $"Voice Live endpoint {budget.Name} ({budget.PerMinute} new connections a minute) has no budget left", Until: budget.FreeAt);
    }

    private static IEnumerable<Alert> Calls(ClusterSnapshot snapshot)
    {
        var recovering = snapshot.Live.Count(call => call.Media == MediaState.Recovering || call is { State: CallState.Connected, MediaLostAt: not null });
        if (recovering > 0)
            yield return new Alert(Health.Degraded, recovering == 1 ? "1 call lost its media and is being recovered." : $"{recovering} calls lost their media and are being recovered.", Link: "/calls");

        var counts = Figures.Of(snapshot.Last(Window)).Counts;
        if (counts.Busy > 0)
            yield return new Alert(Health.Degraded, $"{counts.Busy} {(counts.Busy == 1 ? "call was" : "calls were")} turned away as busy in the last 5 minutes.");
        if (counts.Offered >= FewestCallsToJudge && counts.Failed > counts.Offered * TooManyFailures)
            yield return new Alert(Health.Failed, $"{counts.Failed} of {counts.Offered} calls failed in the last 5 minutes.");
    }
}
