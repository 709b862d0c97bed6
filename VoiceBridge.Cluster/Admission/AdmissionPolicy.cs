namespace VoiceBridge.Cluster.Admission;

/// <summary>The shares, from 0 to 1, of the capacity and of the Voice Live budget that admission leaves free.</summary>
public sealed record AdmissionPolicy(double Headroom, double RecoveryReserve);
