using VoiceBridge.Cluster.Calls;
using VoiceBridge.Dashboard.Presentation;

namespace VoiceBridge.Dashboard.Calls;

/// <summary>
/// The states that the table of calls is filtered by, as codes that stand in its address: what a call is doing (<c>in_call</c>), why it ended
/// (<c>media_lost</c>), or a group of those reasons.
/// </summary>
internal static class CallStates
{
    /// <summary>All calls that failed, whatever the reason.</summary>
    public const string Failed = "failed";

    /// <summary>All callers who were turned away.</summary>
    public const string TurnedAway = "turned_away";

    /// <summary>The code of a call's own state.</summary>
    public static string CodeOf(CallRecord call) =>
        CallText.IsOver(call) ? call.EndReason ?? "" : CallText.Name(call).ToLowerInvariant().Replace(' ', '_');

    public static bool Matches(CallRecord call, string code) => code switch
    {
        "" => true,
        Failed => CallText.IsOver(call) && Format.IsFailure(call.EndReason),
        TurnedAway => CallText.IsOver(call) && Format.IsRefusal(call.EndReason),
        _ => CodeOf(call) == code,
    };

    /// <summary>What can be chosen among these calls, groups first; <paramref name="chosen"/> stays on offer when no call has it any more.</summary>
    public static IReadOnlyList<(string Code, string Name)> Of(IReadOnlyList<CallRecord> calls, bool ended, string chosen)
    {
        (string, string)[] groups = ended ? [(Failed, "Failed, whatever the reason"), (TurnedAway, "Turned away")] : [];
        var own = calls.Select(call => (Code: CodeOf(call), Name: CallText.Name(call))).Where(state => state.Code.Length > 0).Distinct().ToList();
        if (chosen.Length > 0 && own.All(state => state.Code != chosen) && groups.All(group => group.Item1 != chosen)) own.Add((chosen, Format.Reason(chosen)));
        return [.. groups, .. own.OrderBy(state => state.Name, StringComparer.Ordinal)];
    }
}
