namespace VoiceBridge.History.Storage;

/// <summary>Somebody has read a transcript, exported calls, had webhooks sent again or erased a person.</summary>
public sealed class AccessEntry
{
    public long Id { get; set; }

    public DateTimeOffset At { get; set; }

    /// <summary>The name of whoever did it; <c>API key</c> for a program.</summary>
    public string Who { get; set; } = "";

    /// <summary><c>transcript</c>, <c>export</c>, <c>webhook</c> (sent again) or <c>erase</c>.</summary>
    public string What { get; set; } = "";

    /// <summary>The call, where it is about one.</summary>
    public string CallId { get; set; } = "";

    /// <summary>How much it was: calls exported or erased, webhooks.</summary>
    public long Count { get; set; }
}
