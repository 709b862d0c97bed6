namespace VoiceBridge.MediaGateway.Tools;

/// <summary>A tool's failure that the model may know of: it is told the message. Of other exceptions it learns only that there was one.</summary>
public sealed class AgentToolException : Exception
{
    /// <summary>A failure with a message for the model, such as "no order has this number".</summary>
    public AgentToolException(string message)
        : base(message)
    {
    }

    /// <summary>A failure with a message for the model and its cause for the log.</summary>
    public AgentToolException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <summary>A failure without a message.</summary>
    public AgentToolException()
        : this("The tool failed.")
    {
    }
}
