using VoiceBridge.Cluster.Events;

namespace VoiceBridge.Dashboard.Snapshots;

/// <summary>Where pages get the cluster's state from: Redis, or a prepared snapshot in tests.</summary>
internal interface ISnapshotSource
{
    /// <summary>The latest snapshot; never null, never waits.</summary>
    ClusterSnapshot Current { get; }

    /// <summary>There is another snapshot. Called on a background thread.</summary>
    event Action<ClusterSnapshot>? Changed;

    /// <summary>Something changed, as announced: for pages that show one call. Called on a background thread.</summary>
    event Action<ClusterEvent>? Announced;
}
