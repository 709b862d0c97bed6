namespace VoiceBridge.MediaGateway.Engines.VoiceLive.Protocol;

/// <summary>A server event of the Voice Live API (2026-07-15) that is not audio, as <see cref="VoiceLiveEvents"/> reads it: a field that is missing, null or of
/// another type than documented costs that field and not the event.</summary>
internal abstract record VoiceLiveEvent;

internal sealed record SessionCreated(SessionInfo Session) : VoiceLiveEvent;

internal sealed record SessionUpdated(SessionInfo Session) : VoiceLiveEvent;

internal sealed record ErrorEvent(ErrorInfo Error) : VoiceLiveEvent;

internal sealed record WarningEvent(ErrorInfo Warning) : VoiceLiveEvent;

/// <summary>The caller began to speak.</summary>
internal sealed record SpeechStarted(string ItemId) : VoiceLiveEvent;

internal sealed record SpeechStopped(string ItemId) : VoiceLiveEvent;

internal sealed record InputCommitted(string ItemId, string? PreviousItemId) : VoiceLiveEvent;

internal sealed record ItemCreated(ItemInfo Item, string? PreviousItemId) : VoiceLiveEvent;

/// <summary>What the caller said; null when it could not be transcribed, <paramref name="Failure"/> says why.</summary>
internal sealed record InputTranscribed(string ItemId, string? Transcript, string? Failure = null) : VoiceLiveEvent;

internal sealed record ResponseCreated(ResponseInfo Response) : VoiceLiveEvent;

/// <summary>Always sent, whatever became of the response.</summary>
internal sealed record ResponseDone(ResponseInfo Response) : VoiceLiveEvent;

internal sealed record OutputItemAdded(string ResponseId, ItemInfo Item) : VoiceLiveEvent;

internal sealed record OutputItemDone(string ResponseId, ItemInfo Item) : VoiceLiveEvent;

/// <summary>A few more words of what is being spoken.</summary>
internal sealed record AudioTranscriptDelta(string ResponseId, string ItemId, string Delta) : VoiceLiveEvent;

internal sealed record AudioTranscriptDone(string ResponseId, string ItemId, string? Transcript) : VoiceLiveEvent;

/// <summary>A text that is not spoken, whole.</summary>
internal sealed record TextDone(string ResponseId, string ItemId, string Text) : VoiceLiveEvent;

/// <summary>Also sent when the response was cut off: then the arguments may be half a JSON text. The name is not in every version of the service.</summary>
internal sealed record FunctionArgumentsDone(string ResponseId, string CallId, string? Name, string? Arguments) : VoiceLiveEvent;

/// <summary>The service calls a tool of an MCP server by itself, or is done with it.</summary>
internal sealed record ServedCall(string ItemId, bool IsOver) : VoiceLiveEvent;

/// <summary>An event that nothing here needs.</summary>
internal sealed record OtherEvent(string Type) : VoiceLiveEvent;
