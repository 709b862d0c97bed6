using VoiceBridge.Cluster.Events;
using VoiceBridge.Cluster.Gateways;
using VoiceBridge.Dashboard.Snapshots;
using VoiceBridge.Testing.Clusters;

namespace VoiceBridge.Dashboard.Tests;

/// <summary>Snapshots made of a <see cref="SampleCluster"/>, without Redis.</summary>
internal static class SampleSnapshots
{
    public static ClusterSnapshot Of(SampleCluster cluster, int recent = 60)
    {
        var gateways = cluster.Heartbeats
            .Select((beat, index) => new GatewayView(beat, TimeSpan.FromSeconds(index == 4 ? 3.6 : 0.4),
                index == 4 ? GatewayState.Suspect : beat.Draining ? GatewayState.Draining : beat.Active >= beat.Capacity ? GatewayState.Full : GatewayState.Ready))
            .ToArray();
        var live = cluster.Live();
        var ended = cluster.Ended(recent);
        var snapshot = new ClusterSnapshot
        {
            At = cluster.Now,
            Gateways = gateways,
            Live = live,
            Recent = ended,
            Load = cluster.Load,
            Budgets = SnapshotReader.BudgetsOf(gateways, cluster.VoiceLiveUsed.ToDictionary(used => used.Key, used => Taken(cluster.Now, used.Value))),
            Minutes = [.. cluster.Minutes().Select(MinuteStats.Of)],
        };
        return snapshot with { Alerts = AlertRules.Evaluate(snapshot, []) };
    }

    private static IReadOnlyList<DateTimeOffset> Taken(DateTimeOffset now, int count) => [.. Enumerable.Range(1, count).Select(i => now.AddSeconds(-60 + 59d * i / count))];
}

/// <summary>Shows pages what a test wants them to show.</summary>
internal sealed class FixedSnapshots(ClusterSnapshot first) : ISnapshotSource
{
    public ClusterSnapshot Current { get; private set; } = first;

    public event Action<ClusterSnapshot>? Changed;

    public event Action<ClusterEvent>? Announced;

    public void Show(ClusterSnapshot next)
    {
        Current = next;
        Changed?.Invoke(next);
    }

    public void Announce(ClusterEvent change) => Announced?.Invoke(change);
}
