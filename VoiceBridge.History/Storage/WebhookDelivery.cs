namespace VoiceBridge.History.Storage;

/// <summary>An event about a call that a receiver has not taken yet. What it says is made of the call's own rows at each try: nothing of a person is kept twice.</summary>
internal sealed class WebhookDelivery
{
    public long Id { get; set; }

    /// <summary><see cref="EndedCall.Id"/>.</summary>
    public long CallRow { get; set; }

    /// <summary>The receiver's name in the settings.</summary>
    public string Receiver { get; set; } = "";

    /// <summary>When the tries began: they end a day later.</summary>
    public DateTimeOffset StartedAt { get; set; }

    /// <summary>When the next try is due. Whoever tries moves it on: until then nobody else does.</summary>
    public DateTimeOffset NextAt { get; set; }

    public DateTimeOffset? TriedAt { get; set; }

    public int Attempts { get; set; }

    /// <summary>Why the latest try failed.</summary>
    public string LastError { get; set; } = "";

    /// <summary>When it was given up; null while it is tried.</summary>
    public DateTimeOffset? GaveUpAt { get; set; }
}
