namespace VoiceBridge.CallControl.ClusterState;

/// <summary>This process among the replicas: the owner of its claims and leases.</summary>
internal sealed class Replica
{
    public string Id { get; } = $"callcontrol-{Guid.NewGuid():N}";
}
