using VoiceBridge.Cluster.Calls;

namespace VoiceBridge.Dashboard.Presentation;

/// <summary>How a call's state is shown.</summary>
internal static class CallText
{
    public static Health HealthOf(CallRecord call)
    {
        ArgumentNullException.ThrowIfNull(call);
        return call.State switch
        {
            CallState.Ringing or CallState.Answering => Health.Info,
            CallState.Connected => call.MediaLostAt is null && call.Media != MediaState.Recovering ? Health.Healthy : Health.Degraded,
            _ => HealthOf(call.EndReason),
        };
    }

    public static Health HealthOf(string? reason) =>
        Format.IsFailure(reason) ? Health.Failed : Format.IsRefusal(reason) ? Health.Degraded : Health.Healthy;

    public static string Name(CallRecord call)
    {
        ArgumentNullException.ThrowIfNull(call);
        return call.State switch
        {
            CallState.Connected when call.Media == MediaState.Recovering => "Recovering",
            CallState.Connected when call.MediaLostAt is not null => "Media lost",
            CallState.Connected when call.Media == MediaState.None => "Connecting",
            CallState.Connected => "In call",
            CallState.Ringing => "Ringing",
            CallState.Answering => "Answering",
            _ => Format.Reason(call.EndReason),
        };
    }

    public static bool IsOver(CallRecord call) => call.State is CallState.Ended or CallState.Rejected;

    /// <summary>How long somebody has been or was on the line; how long it rang when nobody was.</summary>
    public static TimeSpan Duration(CallRecord call, DateTimeOffset now) => (call.EndedAt ?? now) - (call.ConnectedAt ?? call.AnsweredAt ?? call.RangAt);
}
