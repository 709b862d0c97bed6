namespace VoiceBridge.CallControl.Calls;

/// <summary>The log scope of a call: with these two ids its lines are found here, and in Azure's own logs.</summary>
internal static class CallScope
{
    public static IDisposable? Begin(ILogger logger, string callId, string? correlationId) => logger.BeginScope(
        new KeyValuePair<string, object?>[] { new("CallId", callId), new("CorrelationId", correlationId) });
}
