namespace VoiceBridge.Cluster.Calls;

/// <summary>What an end reason says of a call.</summary>
public enum EndKind
{
    /// <summary>Somebody wanted it so: the caller, the agent, an operator.</summary>
    Wanted,

    /// <summary>It was not answered, for want of room or of time, or was sent elsewhere instead.</summary>
    TurnedAway,

    /// <summary>Nobody wanted it: it could not be answered, or was cut off.</summary>
    Failed,
}

/// <summary>One end reason: its <paramref name="Code"/> in records, metrics and settings, its <paramref name="Name"/> in lists and its <paramref name="Sentence"/> about a call.</summary>
public sealed record EndReasonInfo(string Code, EndKind Kind, string Name, string Sentence);

/// <summary>Why calls end: every reason there is, and what counts as failed wherever anything counts.</summary>
public static class EndReasons
{
    private static readonly Dictionary<string, EndReasonInfo> Known = new EndReasonInfo[]
    {
        new("caller_hung_up", EndKind.Wanted, "Caller hung up", "The caller hung up"),
        new("agent_ended", EndKind.Wanted, "Agent ended it", "The agent ended the call"),
        new("transferred", EndKind.Wanted, "Transferred", "The caller was transferred"),
        new("silent", EndKind.Wanted, "Caller silent", "The agent ended the call because the caller said nothing"),
        new("too_long", EndKind.Wanted, "Longest call reached", "The agent ended the call because it had reached the longest time allowed"),
        new("operator", EndKind.Wanted, "Operator hung up", "An operator hung up"),
        new("busy", EndKind.TurnedAway, "Busy: no free slot", "Turned away as busy: no slot became free"),
        new("overflow", EndKind.TurnedAway, "Sent to overflow", "The caller was sent to the overflow number"),
        new("missed", EndKind.TurnedAway, "Missed while ringing", "The caller gave up before the call was answered"),
        new("answer_failed", EndKind.Failed, "Could not be answered", "The phone network did not let the call be answered"),
        new("no_agent", EndKind.Failed, "No Voice Live session", "Cut off: no Voice Live session could be opened"),
        new("agent_lost", EndKind.Failed, "Voice Live lost", "Cut off: the Voice Live session was lost and could not be replaced"),
        new("media_lost", EndKind.Failed, "Media lost", "Cut off: the media were lost and could not be recovered"),
        new("drained", EndKind.Failed, "Gateway drained", "Cut off: the gateway was drained and no other could take the call"),
        new("error", EndKind.Failed, "Internal error", "Cut off by an internal error"),
    }.ToDictionary(reason => reason.Code, StringComparer.Ordinal);

    /// <summary>Every reason, in the order of lists.</summary>
    public static IReadOnlyList<EndReasonInfo> All { get; } = [.. Known.Values];

    /// <summary>The reason with this code; one that a later version writes is shown as its code reads, and counts as wanted.</summary>
    public static EndReasonInfo Of(string? code)
    {
        if (string.IsNullOrEmpty(code)) return new EndReasonInfo("", EndKind.Wanted, "–", "It has ended");
        if (Known.TryGetValue(code, out var known)) return known;
        var words = char.ToUpperInvariant(code[0]) + code[1..].Replace('_', ' ');
        return new EndReasonInfo(code, EndKind.Wanted, words, words);
    }

    /// <summary>Whether a call that ended so counts as failed.</summary>
    public static bool IsFailure(string? code) => code is not null && Known.TryGetValue(code, out var known) && known.Kind is EndKind.Failed;

    /// <summary>Whether a caller whose call ended so was turned away.</summary>
    public static bool IsTurnedAway(string? code) => code is not null && Known.TryGetValue(code, out var known) && known.Kind is EndKind.TurnedAway;
}
