using VoiceBridge.Cluster.Calls;
using VoiceBridge.Dashboard.Presentation;
using VoiceBridge.ServiceDefaults.Privacy;

namespace VoiceBridge.Dashboard.Calls;

/// <summary>
/// What the table of calls shows, and in which order. <paramref name="Search"/> is a number, a call, correlation or connection id, a gateway
/// or an agent, or a part of one; or words that were said. <paramref name="State"/> is a code of <see cref="CallStates"/>,
/// <paramref name="Within"/> limits ended calls to those of the last minutes.
/// </summary>
internal sealed record CallFilter(string Search = "", string State = "", string Gateway = "", int Within = 0, CallColumn Sort = CallColumn.Since, bool Descending = true)
{
    private const int LastDigits = 4;

    /// <summary>The calls that match; <paramref name="said"/> are those in which the searched words were said.</summary>
    public IReadOnlyList<CallRecord> Apply(IEnumerable<CallRecord> calls, CallerIdPrivacy privacy, DateTimeOffset now, IReadOnlySet<string>? said = null)
    {
        var wanted = Search.Trim();
        var matching = calls.Where(call =>
            CallStates.Matches(call, State)
            && (Gateway.Length == 0 || call.GatewayId == Gateway)
            && (Within == 0 || call.EndedAt is not { } ended || now - ended <= TimeSpan.FromMinutes(Within))
            && (wanted.Length == 0 || Matches(call, wanted, privacy) || said?.Contains(call.CallId) == true));
        IOrderedEnumerable<CallRecord> Ordered<TKey>(Func<CallRecord, TKey> key) => Descending ? matching.OrderByDescending(key) : matching.OrderBy(key);
        var ordered = Sort switch
        {
            CallColumn.From => Ordered(call => call.From),
            CallColumn.State => Ordered(CallText.Name),
            CallColumn.Agent => Ordered(call => call.Agent),
            CallColumn.Gateway => Ordered(call => call.GatewayId),
            CallColumn.Duration => Ordered(call => CallText.Duration(call, now)),
            CallColumn.Turns => Ordered(call => call.Turns),
            CallColumn.FirstAudio => Ordered(call => call.FirstAudioMs),
            CallColumn.Cost => Ordered(call => call.Cost),
            _ => Ordered(call => CallText.IsOver(call) ? call.EndedAt ?? call.RangAt : call.RangAt),
        };
        // Equal rows keep their place from one snapshot to the next.
        return [.. ordered.ThenBy(call => call.CallId, StringComparer.Ordinal)];
    }

    public CallFilter SortedBy(CallColumn column) => Sort == column ? this with { Descending = !Descending } : this with { Sort = column, Descending = true };

    private static bool Matches(CallRecord call, string wanted, CallerIdPrivacy privacy) =>
        Contains(call.CallId, wanted) || Contains(call.CorrelationId, wanted) || Contains(call.ConnectionId, wanted) || Contains(call.CallConnectionId, wanted)
        || Contains(call.GatewayId, wanted) || Contains(call.Agent, wanted)
        || MatchesNumber(call.From, wanted, privacy) || MatchesNumber(call.To, wanted, privacy);

    /// <summary>
    /// A number is searched as it is shown. Someone who types it whole finds it also where only its end is shown; parts of what is hidden
    /// find nothing, or the search would give the hidden digits away one by one.
    /// </summary>
    private static bool MatchesNumber(string number, string wanted, CallerIdPrivacy privacy)
    {
        if (number.Length == 0) return false;
        if (Contains(privacy.Format(number), wanted)) return true;
        var typed = Digits(wanted);
        return typed.Length > LastDigits && typed == Digits(number);
    }

    private static bool Contains(string? text, string wanted) => text is not null && text.Contains(wanted, StringComparison.OrdinalIgnoreCase);

    private static string Digits(string text) => string.Concat(text.Where(char.IsAsciiDigit));
}
