using StackExchange.Redis;
using VoiceBridge.Cluster.Calls;

namespace VoiceBridge.Dashboard.Commands;

/// <summary>Adds what operators do to the timelines of calls, with their names.</summary>
internal sealed partial class OperatorTimeline(CallStore calls, TimeProvider time, ILogger<OperatorTimeline> logger)
{
    private const string Kind = "operator";
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(10);

    /// <summary>Adds an entry. What is done is done whether or not it can be noted; the log has it in any case.</summary>
    public async Task AddAsync(string callId, string text)
    {
        using var deadline = new CancellationTokenSource(Deadline, time);
        try
        {
            await calls.AddEventAsync(callId, new CallEvent(time.GetUtcNow(), Kind, text), deadline.Token);
        }
        catch (Exception exception) when (exception is RedisException or TimeoutException or OperationCanceledException)
        {
            LogNotAdded(logger, callId, exception.Message);
        }
    }

    [LoggerMessage(EventId = 7024, Level = LogLevel.Warning, Message = "The action on call {CallId} is not in its timeline: {Reason}")]
    private static partial void LogNotAdded(ILogger logger, string callId, string reason);
}
