namespace VoiceBridge.MediaGateway.Tools;

/// <summary>A tool had more to say than a model should have to read.</summary>
internal sealed class ToolResultTooLargeException() : Exception("The result is too large.");
