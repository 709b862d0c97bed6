namespace VoiceBridge.ServiceDefaults.Privacy;

/// <summary>Section <c>Privacy</c>: how much of a caller is shown.</summary>
public sealed class PrivacyOptions
{
    public const string Section = "Privacy";

    /// <summary>How caller ids appear in logs, stats, traces and on screens. <c>Last4</c> unless set; <c>Full</c> in Development.</summary>
    public CallerIdVisibility? CallerId { get; set; }

    /// <summary>The key of <see cref="CallerIdVisibility.Hash"/>; derived from the first of <c>Cluster:Keys</c> unless set, so that all replicas hash alike.</summary>
    public string? HashKey { get; set; }
}
