namespace VoiceBridge.Cluster.Transcripts;

/// <summary>Settings of section <c>Transcripts</c>.</summary>
public sealed class TranscriptOptions
{
    /// <summary>The configuration section's name.</summary>
    public const string Section = "Transcripts";

    /// <summary>Whether a redacted copy of each conversation is kept after the call. Off unless set.</summary>
    public bool Keep { get; set; }

    /// <summary>What callers are told before the greeting where copies are kept; <c>off</c> where they know it already.</summary>
    public string? Announcement { get; set; }

    /// <summary>How long it is kept after the last turn.</summary>
    public TimeSpan Retention { get; set; } = TimeSpan.FromDays(7);
}
