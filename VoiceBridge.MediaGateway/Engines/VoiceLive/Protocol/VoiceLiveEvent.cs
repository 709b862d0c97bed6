namespace VoiceBridge.MediaGateway.Engines.VoiceLive.Protocol;

/// <summary>A server event of the Voice Live API (2026-07-15) that is not audio. Fields that a service may leave out are optional:
/// one that is missing must not cost the whole event.</summary>
internal abstract record VoiceLiveEvent
{
    public string? EventId { get; init; }
}

internal sealed record SessionCreated : VoiceLiveEvent
{
    public SessionInfo? Session { get; init; }
}

internal sealed record SessionUpdated : VoiceLiveEvent
{
    public SessionInfo? Session { get; init; }
}

internal sealed record ErrorEvent : VoiceLiveEvent
{
    public ErrorInfo? Error { get; init; }
}

internal sealed record WarningEvent : VoiceLiveEvent
{
    public ErrorInfo? Warning { get; init; }
}

/// <summary>The caller began to speak.</summary>
internal sealed record SpeechStarted : VoiceLiveEvent
{
    /// <summary>Milliseconds of appended audio, not of wall-clock time.</summary>
    public double AudioStartMs { get; init; }

    public string ItemId { get; init => field = value ?? ""; } = "";
}

internal sealed record SpeechStopped : VoiceLiveEvent
{
    public double AudioEndMs { get; init; }

    public string ItemId { get; init => field = value ?? ""; } = "";
}

internal sealed record InputCommitted : VoiceLiveEvent
{
    public string? PreviousItemId { get; init; }

    public string ItemId { get; init => field = value ?? ""; } = "";
}

internal sealed record ItemCreated : VoiceLiveEvent
{
    public string? PreviousItemId { get; init; }

    public ItemInfo? Item { get; init; }
}

internal sealed record ItemTruncated : VoiceLiveEvent
{
    public string ItemId { get; init => field = value ?? ""; } = "";

    public int ContentIndex { get; init; }

    public double AudioEndMs { get; init; }
}

internal sealed record InputTranscriptionDelta : VoiceLiveEvent
{
    public string ItemId { get; init => field = value ?? ""; } = "";

    public string? Delta { get; init; }
}

internal sealed record InputTranscriptionCompleted : VoiceLiveEvent
{
    public string ItemId { get; init => field = value ?? ""; } = "";

    public string? Transcript { get; init; }
}

internal sealed record InputTranscriptionFailed : VoiceLiveEvent
{
    public string ItemId { get; init => field = value ?? ""; } = "";

    public ErrorInfo? Error { get; init; }
}

internal sealed record ResponseCreated : VoiceLiveEvent
{
    public ResponseInfo? Response { get; init; }
}

/// <summary>Always sent, whatever became of the response.</summary>
internal sealed record ResponseDone : VoiceLiveEvent
{
    public ResponseInfo? Response { get; init; }
}

internal sealed record OutputItemAdded : VoiceLiveEvent
{
    public string ResponseId { get; init => field = value ?? ""; } = "";

    public int OutputIndex { get; init; }

    public ItemInfo? Item { get; init; }
}

internal sealed record OutputItemDone : VoiceLiveEvent
{
    public string ResponseId { get; init => field = value ?? ""; } = "";

    public int OutputIndex { get; init; }

    public ItemInfo? Item { get; init; }
}

internal sealed record AudioTranscriptDelta : VoiceLiveEvent
{
    public string ResponseId { get; init => field = value ?? ""; } = "";

    public string ItemId { get; init => field = value ?? ""; } = "";

    public string? Delta { get; init; }
}

internal sealed record AudioTranscriptDone : VoiceLiveEvent
{
    public string ResponseId { get; init => field = value ?? ""; } = "";

    public string ItemId { get; init => field = value ?? ""; } = "";

    public string? Transcript { get; init; }
}

internal sealed record AudioDone : VoiceLiveEvent
{
    public string ResponseId { get; init => field = value ?? ""; } = "";

    public string ItemId { get; init => field = value ?? ""; } = "";
}

internal sealed record FunctionArgumentsDelta : VoiceLiveEvent
{
    public string ResponseId { get; init => field = value ?? ""; } = "";

    public string ItemId { get; init => field = value ?? ""; } = "";

    public string CallId { get; init => field = value ?? ""; } = "";

    public string? Delta { get; init; }
}

/// <summary>Also sent when the response was cut off: then the arguments may be half a JSON text.</summary>
internal sealed record FunctionArgumentsDone : VoiceLiveEvent
{
    public string ResponseId { get; init => field = value ?? ""; } = "";

    public string ItemId { get; init => field = value ?? ""; } = "";

    public string CallId { get; init => field = value ?? ""; } = "";

    /// <summary>Not in every version of the service: else take it from the item.</summary>
    public string? Name { get; init; }

    public string? Arguments { get; init; }
}

/// <summary>An event that nothing here needs; only its type is kept.</summary>
internal sealed record OtherEvent(string Type) : VoiceLiveEvent;
