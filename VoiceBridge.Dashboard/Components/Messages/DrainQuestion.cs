namespace VoiceBridge.Dashboard.Components.Messages;

/// <summary>What is asked before a gateway is drained: it says what becomes of its calls and of new callers.</summary>
internal static class DrainQuestion
{
    /// <summary>A gateway with <paramref name="calls"/> calls, beside <paramref name="others"/> that take calls and have <paramref name="free"/> slots free.</summary>
    public static Question About(string gateway, int calls, int others, int free) => new($"Drain {gateway}?", $"It takes no new calls. {Fate(calls, others, free)}", "Drain")
    {
        Warning = others == 0 ? "This is the last gateway that takes calls: new callers will ring and then hear busy."
            : free == 0 ? "No other gateway has a free slot: new callers will ring and then hear busy."
            : null,
    };

    private static string Fate(int calls, int others, int free)
    {
        if (calls == 0) return "It has no calls.";
        var (its, go, they) = calls == 1 ? ("Its call", "goes", "it is") : ($"Its {calls} calls", "go", "those left are");
        var until = $"{its} {go} on for the time that it was given to drain; then {they} ";
        if (others == 0) return until + "told goodbye and ended: no other gateway takes calls.";
        return free >= calls ? until + "moved to other gateways." : until + $"moved to other gateways, which have {free} slots free; the others are told goodbye and ended.";
    }
}
