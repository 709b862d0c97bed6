namespace VoiceBridge.Cluster;

/// <summary>Settings of section <c>Cluster</c>: which cluster this process belongs to and what its members trust each other by.</summary>
public sealed class ClusterOptions
{
    /// <summary>The configuration section's name.</summary>
    public const string Section = "Cluster";

    /// <summary>The cluster's name: processes with the same name and Redis are one cluster. Letters, digits, '-', '_' and '.', 64 at most.</summary>
    public string Name { get; set; } = "default";

    /// <summary>
    /// Secret keys in base64, each at least 32 bytes; all verify and decrypt. To replace one, add another with the time at which it takes
    /// over (<c>&lt;base64&gt;@2026-12-01T06:00Z</c>), and remove the old one when nothing is left that it signed (docs/operations.md).
    /// </summary>
    public IList<string> Keys { get; set; } = [];
}
