namespace VoiceBridge.MediaGateway.Agents;

/// <summary>What agents log; never what was said.</summary>
internal static partial class AgentLog
{
    [LoggerMessage(2, LogLevel.Information, "Voice Live warns: {Code} {Param}")]
    public static partial void Warned(ILogger logger, string? code, string? param);

    [LoggerMessage(3, LogLevel.Warning, "A response ended as {Status}: {Why}")]
    public static partial void ResponseFailed(ILogger logger, string status, string why);

    [LoggerMessage(4, LogLevel.Information, "What the caller said could not be transcribed: {Code}")]
    public static partial void NotTranscribed(ILogger logger, string? code);

    [LoggerMessage(5, LogLevel.Error, "Voice Live refuses tool {Index} of the session, {Tool} of agent {Agent}: calls go on without it")]
    public static partial void ToolRefused(ILogger logger, int index, string tool, string agent);

    [LoggerMessage(7, LogLevel.Error, "Voice Live asks for approval of the tool {Tool} of agent {Agent}, which nobody can give: require_approval must be never for it")]
    public static partial void NotApproved(ILogger logger, string tool, string agent);

    [LoggerMessage(6, LogLevel.Error, "The agent does not answer, the caller hears an apology: {Why}")]
    public static partial void GivenUp(ILogger logger, string why);
}
