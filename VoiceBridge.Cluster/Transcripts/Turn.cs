namespace VoiceBridge.Cluster.Transcripts;

/// <summary>One thing said or done in a conversation. <paramref name="Speaker"/>: <c>caller</c>, <c>agent</c>, <c>tool</c> or <c>system</c>. A tool that still
/// runs has no text. <paramref name="ToolArguments"/> are known while the call lasts, and are not kept.</summary>
public sealed record Turn(
    DateTimeOffset At, string Speaker, string Text, bool Interrupted = false, string? ItemId = null, string? ToolName = null, string? ToolArguments = null);
