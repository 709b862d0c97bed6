namespace VoiceBridge.CallControl.Calls.Work;

/// <summary>The log scope of a call, under the names that the gateway uses too: by the first its lines are found in every service, by the second in the logs of its phone service.</summary>
internal static class CallScope
{
    public static IDisposable? Begin(ILogger logger, string callId, string? correlationId, string provider) => logger.BeginScope(
        new KeyValuePair<string, object?>[] { new("call_id", callId), new("correlation_id", correlationId), new("provider", provider) });
}
