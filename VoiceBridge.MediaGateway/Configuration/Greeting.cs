namespace VoiceBridge.MediaGateway.Configuration;

/// <summary>What the agent says before the caller has said anything.</summary>
/// <param name="Text">Spoken word for word; null when the model makes it up.</param>
/// <param name="Instructions">What the model is told to greet with, when there is no text.</param>
/// <param name="Interruptible">Whether a caller who speaks cuts it off; by default the greeting is heard out.</param>
internal sealed record Greeting(string? Text, string? Instructions, bool Interruptible);
