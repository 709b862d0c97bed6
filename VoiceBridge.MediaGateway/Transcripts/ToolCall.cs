namespace VoiceBridge.MediaGateway.Transcripts;

/// <summary>A function call of the model.</summary>
internal readonly record struct ToolCall(string ResponseId, string CallId, string Name, string Arguments);
