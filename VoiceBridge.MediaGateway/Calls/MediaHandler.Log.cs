namespace VoiceBridge.MediaGateway.Calls;

internal abstract partial class MediaHandler
{
    private static partial class Log
    {
        [LoggerMessage(2301, LogLevel.Information, "[connection_id={ConnectionId}] Connected to Voice Live API for caller_id={CallerId}")]
        public static partial void Connected(ILogger logger, string connectionId, string callerId);

        [LoggerMessage(2302, LogLevel.Information,
            "[connection_id={ConnectionId}] Ended: {Reason} {Detail} (frames up {Up}, down {Down}, dropped {Dropped})")]
        public static partial void Ended(ILogger logger, string connectionId, string reason, string detail, long up, long down, long dropped);

        [LoggerMessage(2303, LogLevel.Warning, "[connection_id={ConnectionId}] Voice Live session on {Endpoint} was lost: {Why}")]
        public static partial void SessionLost(ILogger logger, string connectionId, string endpoint, string why);

        [LoggerMessage(2304, LogLevel.Warning, "[connection_id={ConnectionId}] No Voice Live session: {Why}")]
        public static partial void NotOpened(ILogger logger, string connectionId, string why);

        [LoggerMessage(2305, LogLevel.Error, "[connection_id={ConnectionId}] Voice Live refused the session's settings: {Code} {Param} {Text}")]
        public static partial void SettingsRefused(ILogger logger, string connectionId, string code, string param, string text);

        [LoggerMessage(2306, LogLevel.Warning, "[connection_id={ConnectionId}] Voice Live reported an error: {Type} {Code} {Param}")]
        public static partial void ServiceError(ILogger logger, string connectionId, string type, string code, string param);

        [LoggerMessage(2307, LogLevel.Error, "[connection_id={ConnectionId}] The call's handler failed")]
        public static partial void Failed(ILogger logger, Exception exception, string connectionId);

        [LoggerMessage(2309, LogLevel.Debug, "[connection_id={ConnectionId}] The cluster could not be told: {Error}")]
        public static partial void NotTold(ILogger logger, string connectionId, string error);

        [LoggerMessage(2310, LogLevel.Warning, "[connection_id={ConnectionId}] The cluster does not know of the call yet: {Error}")]
        public static partial void NotRegistered(ILogger logger, string connectionId, string error);

        [LoggerMessage(2308, LogLevel.Warning, "[connection_id={ConnectionId}] The agent did not end in time")]
        public static partial void AgentStuck(ILogger logger, string connectionId);
    }
}
