using VoiceBridge.Cluster.Calls;
using VoiceBridge.Simulator;

namespace VoiceBridge.Local.View;

/// <summary>How a call was for its caller: what the caller noticed, and the cluster's record where there is one.</summary>
internal sealed record CallerOutcome(SimulatedCall Call, CallRecord? Record)
{
    private const string Unrecorded = "no record";

    public string Caller => Call.Plan.From;

    public bool Answered => Call.Stats.TimeToAnswer is not null;

    /// <summary>The call's media were lost once at least, and came back on the same or another gateway.</summary>
    public bool Moved => CutOff is null && Call.Stats.MediaSockets > 1;

    /// <summary>Why the call was cut off, as the dashboard counts it; null when the caller or the agent ended it.</summary>
    public string? CutOff
    {
        get
        {
            if (!Answered) return null;
            if (Record?.EndReason is { } reason) return EndReasons.IsFailure(reason) ? reason : null;
            // Redis was emptied: the service hung up on somebody who had not said goodbye.
            return Call.State == SimulatedCallState.Ended && !Call.Said.Any(turn => turn.Text.Contains("goodbye", StringComparison.OrdinalIgnoreCase)) && Call.EndReason!.EndsWith("by the service", StringComparison.Ordinal) ? Unrecorded : null;
        }
    }
}
