namespace VoiceBridge.Simulator.VoiceLive;

/// <summary>The faults of one session, by its endpoint and its instructions of the moment.</summary>
internal sealed class SessionFaults(VoiceLiveBehaviour behaviour, SessionConfiguration configuration, string endpoint)
{
    /// <summary>The first fault of these kinds that fits and has a turn left; it is used up by one.</summary>
    internal VoiceLiveFault? Take(string? said, bool? requested, params ReadOnlySpan<VoiceLiveFaultKind> kinds)
    {
        foreach (var fault in behaviour.Faults)
        {
            if (kinds.Contains(fault.Kind) && Fits(fault, said, requested) && fault.TryTake()) return fault;
        }
        return null;
    }

    /// <summary>Whether the session as a whole has this fault.</summary>
    internal bool Has(VoiceLiveFaultKind kind)
    {
        foreach (var fault in behaviour.Faults)
        {
            if (fault.Kind == kind && Fits(fault, null, null)) return true;
        }
        return false;
    }

    private bool Fits(VoiceLiveFault fault, string? said, bool? requested) =>
        (fault.Endpoint is null || fault.Endpoint.Equals(endpoint, StringComparison.OrdinalIgnoreCase))
        && (fault.Requested is null || fault.Requested == requested)
        && Has(configuration.Instructions, fault.Session)
        && Has(said, fault.Said);

    private static bool Has(string? text, string? part) => part is null || text?.Contains(part, StringComparison.OrdinalIgnoreCase) == true;
}
