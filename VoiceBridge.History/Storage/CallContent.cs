namespace VoiceBridge.History.Storage;

/// <summary>What belongs to a call and is read only with it: one document each, written and erased as a whole.</summary>
internal sealed class CallContent
{
    /// <summary><see cref="EndedCall.Id"/>.</summary>
    public long Id { get; set; }

    /// <summary>The timeline as JSON.</summary>
    public string Timeline { get; set; } = "[]";

    /// <summary>The redacted turns as JSON; null when none are kept.</summary>
    public string? Turns { get; set; }

    /// <summary>When the call ended: by it turns are let go.</summary>
    public DateTimeOffset EndedAt { get; set; }
}
