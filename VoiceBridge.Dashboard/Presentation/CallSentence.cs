using VoiceBridge.Cluster.Calls;

namespace VoiceBridge.Dashboard.Presentation;

/// <summary>One sentence about a call: how it is, or how it ended, when, and whose doing that was.</summary>
internal static class CallSentence
{
    private const string OperatorEvent = "operator";
    private const string HungUpByRecovery = "hang up: ";

    // An audio that was away for less is not worth a word.
    private static readonly TimeSpan ShortBreak = TimeSpan.FromSeconds(1);

    /// <param name="call">The call.</param>
    /// <param name="events">Its timeline.</param>
    /// <param name="time">Writes a time in the viewer's zone.</param>
    public static string Of(CallRecord call, IReadOnlyList<CallEvent> events, Func<DateTimeOffset, string> time)
    {
        ArgumentNullException.ThrowIfNull(call);
        ArgumentNullException.ThrowIfNull(events);
        ArgumentNullException.ThrowIfNull(time);
        return CallText.IsOver(call) ? Ended(call, events, time) : Going(call, time);
    }

    private static string Going(CallRecord call, Func<DateTimeOffset, string> time) => call.State switch
    {
        CallState.Ringing or CallState.Answering => $"It has been ringing since {time(call.RangAt)}.",
        _ when call.MediaLostAt is { } lost => $"Its audio broke off at {time(lost)}. The caller is on the line, and the cluster tries to bring the audio back.",
        _ when call.Media == MediaState.Recovering => "Its audio broke off. The caller is on the line, and the cluster tries to bring the audio back.",
        _ => $"The caller has been talking with {Agent(call)} since {time(call.ConnectedAt ?? call.AnsweredAt ?? call.RangAt)}.",
    };

    private static string Ended(CallRecord call, IReadOnlyList<CallEvent> events, Func<DateTimeOffset, string> time)
    {
        var at = call.EndedAt is { } ended ? $" at {time(ended)}" : "";
        var rang = call.EndedAt is { } gone ? $" after {Format.Age(gone - call.RangAt)} of ringing" : "";
        return call.EndReason switch
        {
            "caller_hung_up" => $"The caller hung up{at}{Lasted(call)}{Silent(call, events)}.",
            "agent_ended" => $"The agent said goodbye and hung up{at}{Lasted(call)}.",
            "transferred" => Transferred(events, at, Lasted(call)),
            "operator" => ByOperator(events, at) ?? $"An operator hung up{at}{Lasted(call)}.",
            "silent" => $"The agent hung up{at}{Lasted(call)}, because the caller said nothing.",
            "too_long" => $"The agent said goodbye and hung up{at}: the longest time allowed was over{Lasted(call)}.",
            "busy" => $"The caller heard busy{at}{rang}: no slot became free.",
            "overflow" when call.ConnectedAt is not null => $"The caller was sent to the overflow number{at}{Lasted(call)}, because the call could not go on here.",
            "overflow" => $"The caller was sent to the overflow number{at}{rang}: no slot became free.",
            "missed" => $"The caller gave up{at}{rang}, before the call was answered.",
            "answer_failed" => $"The call could not be answered{at}: the phone network refused.",
            "drained" when !call.IsPhoneCall => $"Cut off{at}{Lasted(call)}: its gateway was drained, and the conversation did not go on at another one.",
            "drained" => $"Cut off{at}{Lasted(call)}, with a goodbye: its gateway was drained, and no other gateway could take the call.",
            "media_lost" => Lost(call, events, at, time),
            "no_agent" => $"Ended by us{at}: no Voice Live session could be opened for it{Because(events)}.",
            "agent_lost" => $"Cut off{at}{Lasted(call)}: its Voice Live session was lost and could not be replaced{Because(events)}.",
            "error" => $"Cut off{at}{Lasted(call)} by an error of ours{Because(events)}.",
            var reason => $"{EndReasons.Of(reason).Sentence}{at}{Lasted(call)}.",
        };
    }

    private static string Transferred(IReadOnlyList<CallEvent> events, string at, string lasted)
    {
        var who = events.Any(entry => entry is { Kind: "transfer_requested", Text: "operator" })
            ? events.LastOrDefault(entry => entry.Kind == OperatorEvent)?.Text is { } acted && acted.IndexOf(" transferred ", StringComparison.Ordinal) is var end and > 0 ? acted[..end] : "An operator"
            : "The agent";
        var target = events.LastOrDefault(entry => entry.Kind == "transfer_target")?.Text is { Length: > 0 } number ? $" to {number}" : "";
        return $"{who} transferred the caller{target}; that was accepted, and the call left us{at}{lasted}.";
    }

    private static string? ByOperator(IReadOnlyList<CallEvent> events, string at) =>
        events.LastOrDefault(entry => entry.Kind == OperatorEvent)?.Text is { } acted && acted.Contains(" hung the call up", StringComparison.Ordinal) ? $"{acted.TrimEnd('.')}{at}." : null;

    private static string Lost(CallRecord call, IReadOnlyList<CallEvent> events, string at, Func<DateTimeOffset, string> time)
    {
        var broke = BrokeOff(events);
        var silent = broke is { } lost && call.EndedAt is { } ended ? $" The caller heard nothing for {Format.Age(ended - lost)}." : "";
        var since = broke is { } from ? $" at {time(from)}" : "";
        var dead = events.LastOrDefault(entry => entry.Kind == "gateway_lost")?.Text;
        var cause = dead is null ? $"its audio broke off{since}" : $"its gateway {GatewayText.NameOf(dead)} died{since}";
        var hungUp = events.LastOrDefault(entry => entry.Kind == "recovery" && entry.Text.StartsWith(HungUpByRecovery, StringComparison.Ordinal))?.Text;
        var why = hungUp?.IndexOf(", ", StringComparison.Ordinal) is { } comma and > 0 ? $", and {hungUp[(comma + 2)..]}" : ", and the audio did not come back in time";
        return $"Cut off{at}: {cause}{why}.{silent}";
    }

    /// <summary>When the audio went and did not come back; null when it came back or never went.</summary>
    private static DateTimeOffset? BrokeOff(IReadOnlyList<CallEvent> events)
    {
        DateTimeOffset? since = null;
        foreach (var entry in events.OrderBy(entry => entry.At))
        {
            if (entry.Kind is "recovered" or "moved" or "media_started") since = null;
            else if (entry.Kind is "media_stopped" or "media_failed" or "media_closed" or "gateway_lost") since ??= entry.At;
        }

        return since;
    }

    /// <summary>A caller who hung up on silence had one.</summary>
    private static string Silent(CallRecord call, IReadOnlyList<CallEvent> events) =>
        call.EndedAt is { } ended && BrokeOff(events.Where(entry => entry.At < ended - ShortBreak).ToList()) is { } lost ? $", having heard nothing for {Format.Age(ended - lost)}" : "";

    private static string Because(IReadOnlyList<CallEvent> events) =>
        events.LastOrDefault(entry => entry.Kind == "error")?.Text is { Length: > 0 } why ? $" ({why})" : "";

    private static string Lasted(CallRecord call) =>
        call is { EndedAt: { } ended, ConnectedAt: { } connected } && ended > connected ? $", after {Format.Clock(ended - connected)}" : "";

    private static string Agent(CallRecord call) => call.Agent is { Length: > 0 } name ? $"the agent {name}" : "the agent";
}
