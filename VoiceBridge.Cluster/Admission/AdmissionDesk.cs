namespace VoiceBridge.Cluster.Admission;

/// <summary>Decides, for the cluster as a whole, whether a call may be answered.</summary>
public sealed class AdmissionDesk
{
    /// <summary>
    /// Reserves a slot and a Voice Live connection for the call, or puts it in the queue: first come, first served, over all replicas. Asking again
    /// changes nothing for an admitted call and keeps the place of a waiting one; ask at least every second, those who do not are passed over.
    /// </summary>
    public Task<AdmissionOutcome> TryReserveAsync(string callId, AdmissionPolicy policy, CancellationToken ct) => throw new NotImplementedException();

    /// <summary>The call is gone: gives its slot, its Voice Live connection and its place in the queue back. A connected call keeps its connection.</summary>
    public Task CancelAsync(string callId, CancellationToken ct) => throw new NotImplementedException();

    /// <summary>How full the cluster is.</summary>
    public Task<ClusterLoad> LoadAsync(CancellationToken ct) => throw new NotImplementedException();
}
