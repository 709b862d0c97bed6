namespace VoiceBridge.MediaGateway.Engines.VoiceLive;

internal enum SessionStage
{
    /// <summary>Connected; <c>session.created</c> has not come yet.</summary>
    Opened,

    /// <summary><c>session.created</c> has come.</summary>
    Greeted,

    /// <summary><c>session.update</c> is sent.</summary>
    Updating,

    /// <summary><c>session.updated</c> has come: it can take the call.</summary>
    Ready,

    /// <summary>The call is on it.</summary>
    Current,

    /// <summary>It is over, or being left.</summary>
    Left,
}

/// <summary>What a <see cref="SessionKeeper"/> knows of a session.</summary>
internal class KeptSession(string endpoint, DateTimeOffset openedAt)
{
    public string Endpoint => endpoint;

    public DateTimeOffset OpenedAt => openedAt;

    public SessionStage Stage { get; set; }

    /// <summary>When the service ends it, if it said so.</summary>
    public DateTimeOffset? ExpiresAt { get; set; }

    public DateTimeOffset CurrentSince { get; set; }

    /// <summary>When it must be gone, after it was left.</summary>
    public DateTimeOffset AbortAt { get; set; }
}
