namespace VoiceBridge.Cluster.Admission;

/// <summary>Whether a call may be answered, on which endpoint's budget, or else what it waits for.</summary>
public sealed record AdmissionOutcome(bool Admitted, string? VoiceLiveEndpoint, AdmissionWait Why);
