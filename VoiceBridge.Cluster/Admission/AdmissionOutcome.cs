namespace VoiceBridge.Cluster.Admission;

/// <summary>Whether a call may be answered. <paramref name="Position"/> is its place among those that wait, from 1; 0 when admitted.</summary>
public sealed record AdmissionOutcome(bool Admitted, string? VoiceLiveEndpoint, AdmissionWait Why, int Position);
