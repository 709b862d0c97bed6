namespace VoiceBridge.Dashboard.Snapshots;

/// <summary>How bad something is for callers, the worst last.</summary>
public enum Severity
{
    /// <summary>Callers notice nothing.</summary>
    Info,

    /// <summary>Callers are served, but somebody should look before they are not.</summary>
    Warning,

    /// <summary>New callers are not served, or calls are being lost.</summary>
    Critical,
}
