namespace VoiceBridge.Cluster.Admission;

/// <summary>How full the cluster is: connections, reservations, waiting calls, and the capacity of living gateways that take calls.
/// <paramref name="Settling"/>: Redis was emptied, and some may not be back yet.</summary>
public sealed record ClusterLoad(int Active, int Reserved, int Waiting, int Capacity, bool Settling = false)
{
    /// <summary>Taken and wanted slots by capacity; 1 without any capacity but demand.</summary>
    public double Utilization => Capacity > 0 ? (double)(Active + Reserved + Waiting) / Capacity : Active + Reserved + Waiting > 0 ? 1 : 0;
}
