namespace VoiceBridge.Dashboard.Presentation;

/// <summary>How something is, the worst last. Each has its own shape, word and colour on the screen.</summary>
public enum Health
{
    Healthy,
    Info,
    Degraded,
    Failed,
    Stale,
}
