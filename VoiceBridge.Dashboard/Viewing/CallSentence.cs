using VoiceBridge.Cluster.Calls;

namespace VoiceBridge.Dashboard.Viewing;

/// <summary>One sentence about a call: how it is or how it ended, when, and whose doing that was.</summary>
internal static class CallSentence
{
    private const string OperatorEvent = "operator";

    /// <param name="call">The call.</param>
    /// <param name="events">Its timeline.</param>
    /// <param name="time">Writes a time in the viewer's zone.</param>
    public static string Of(CallRecord call, IReadOnlyList<CallEvent> events, Func<DateTimeOffset, string> time)
    {
        var agent = call.Agent is { Length: > 0 } name ? $"the agent {name}" : "the agent";
        if (!CallWords.IsOver(call))
        {
            return call.State switch
            {
                CallState.Ringing or CallState.Answering => $"The phone rings since {time(call.RangAt)}.",
                _ when call.MediaLostAt is { } lost => $"Its audio broke off at {time(lost)}; the caller is still on the line, and the cluster tries to bring the audio back.",
                _ when call.Media == MediaState.Recovering => "Its audio broke off; the caller is still on the line, and the cluster brings the audio back.",
                _ => $"The caller talks with {agent} since {time(call.ConnectedAt ?? call.AnsweredAt ?? call.RangAt)}.",
            };
        }

        var end = call.EndedAt is { } ended ? $" at {time(ended)}" : "";
        var rang = call.EndedAt is { } gone ? $" after ringing for {Words.Age(gone - call.RangAt)}" : "";
        var acted = events.LastOrDefault(entry => entry.Kind == OperatorEvent)?.Text;
        return call.EndReason switch
        {
            "caller_hung_up" => $"The caller hung up{end}{Lasted(call)}.",
            "agent_ended" => $"The agent said goodbye and hung up{end}{Lasted(call)}.",
            "transferred" => acted is not null && acted.Contains("transfer", StringComparison.OrdinalIgnoreCase) ? $"{acted.TrimEnd('.')}{end}." : $"The agent transferred the caller{end}{Lasted(call)}.",
            "operator" => acted is not null ? $"{acted.TrimEnd('.')}{end}." : $"An operator hung up{end}.",
            "silent" => $"The caller said nothing, so the agent hung up{end}.",
            "too_long" => $"The longest time that a call may take was over{end}, so the agent said goodbye and hung up.",
            "busy" => $"The caller heard busy{end}{rang}: there was no free slot.",
            "overflow" => $"The caller was sent to the overflow number{end}.",
            "missed" => $"The caller gave up{end}{rang}, before anybody answered.",
            "answer_failed" => $"The call could not be answered{end}: the phone network refused.",
            "drained" => $"Cut off by us{end}: its gateway was drained, and no other could take the call.",
            "media_lost" => $"Cut off{end}: its audio broke off{(call.MediaLostAt is { } lost ? $" at {time(lost)}" : "")} and did not come back in time.",
            "no_agent" => $"Ended by us{end}: no Voice Live session could be had for it.",
            "agent_lost" => $"Ended by us{end}: its Voice Live session was lost and could not be replaced.",
            "error" => $"Ended by us{end}: an error of the gateway's own.",
            var reason => $"{Words.Reason(reason)}{end}.",
        };
    }

    private static string Lasted(CallRecord call) =>
        call is { EndedAt: { } ended, ConnectedAt: { } connected } && ended > connected ? $", after {Words.Clock(ended - connected)}" : "";
}
