namespace VoiceBridge.MediaGateway.Callers.Acs;

internal enum AcsFrameKind
{
    /// <summary>Not a JSON object, or its audio is not base64.</summary>
    Malformed,

    Audio,
    Metadata,
    Dtmf,

    /// <summary>A kind that is not known here: new ones may come any day.</summary>
    Other,
}

/// <summary>A message of the ACS media socket. <see cref="Data"/> is base64 for audio (empty: silence), the tone for DTMF; it lies in the
/// message or in the scratch buffer.</summary>
internal readonly ref struct AcsFrame(AcsFrameKind kind, ReadOnlySpan<byte> data)
{
    public AcsFrameKind Kind { get; } = kind;

    public ReadOnlySpan<byte> Data { get; } = data;
}
