namespace VoiceBridge.MediaGateway.Callers.Twilio;

internal enum TwilioFrameKind
{
    /// <summary>Not a JSON object, or its audio is not base64.</summary>
    Malformed,

    Start,
    Media,
    Mark,
    Dtmf,
    Stop,

    /// <summary>An event that says nothing to us, or is not known here: new ones may come any day.</summary>
    Other,
}

/// <summary>A message of the media stream. <see cref="Data"/> is base64 of media (empty: silence), the name of a mark, the digit of a key; it lies in the message or in
/// the scratch buffer.</summary>
internal readonly ref struct TwilioFrame(TwilioFrameKind kind, ReadOnlySpan<byte> data)
{
    public TwilioFrameKind Kind { get; } = kind;

    public ReadOnlySpan<byte> Data { get; } = data;
}
