namespace VoiceBridge.MediaGateway.Engines.VoiceLive.Protocol;

/// <summary>A <c>response.audio.delta</c>: its fields lie in the message or in the scratch buffer.</summary>
internal ref struct AudioDelta
{
    public ReadOnlySpan<byte> ResponseId;
    public ReadOnlySpan<byte> ItemId;
    public int ContentIndex;

    /// <summary>Base64 in the session's format.</summary>
    public ReadOnlySpan<byte> Audio;
}

internal enum ServerMessageKind
{
    /// <summary>Not a JSON object with a type, or its audio is not base64.</summary>
    Malformed,

    AudioDelta,
    SpeechStarted,
    SpeechStopped,

    /// <summary>The session has made a turn of what the caller said.</summary>
    Committed,
    ResponseCreated,

    /// <summary>A few more words of a transcript: they come often, and nothing is lost when they wait a moment.</summary>
    Words,

    /// <summary>An event that nothing needs, and that comes often.</summary>
    Ignored,

    /// <summary>Any other event: for the typed route.</summary>
    Other,
}
