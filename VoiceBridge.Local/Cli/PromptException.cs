namespace VoiceBridge.Local.Cli;

/// <summary>What was typed cannot be done; the message says why.</summary>
internal sealed class PromptException : Exception
{
    public PromptException()
    {
    }

    public PromptException(string message)
        : base(message)
    {
    }

    public PromptException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
