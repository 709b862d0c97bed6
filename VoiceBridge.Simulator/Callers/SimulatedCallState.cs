namespace VoiceBridge.Simulator;

/// <summary>Where a call is. It only moves forward.</summary>
public enum SimulatedCallState
{
    /// <summary>The phone rings.</summary>
    Ringing,

    /// <summary>It was answered and goes on.</summary>
    Answered,

    /// <summary>It was rejected.</summary>
    Rejected,

    /// <summary>It was redirected to another number while it rang.</summary>
    Redirected,

    /// <summary>Nobody answered in time, or the caller gave up.</summary>
    MissedRinging,

    /// <summary>It was answered and has ended.</summary>
    Ended,
}
