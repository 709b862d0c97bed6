namespace VoiceBridge.CallControl.Calls.Recovery;

/// <summary>How long each rung of the ladder is stood on.</summary>
/// <param name="Limit">From the loss of the media to the end of the ladder: by then they are back, the call is over, or the caller on the way to another number.</param>
/// <param name="HasOverflow">Whether there is a number to send the caller to when all else fails.</param>
internal sealed record RecoveryPlan(TimeSpan Limit, bool HasOverflow)
{
    /// <summary>For the notice that the call has simply ended.</summary>
    public TimeSpan Settling { get; init; } = TimeSpan.FromSeconds(1.5);

    /// <summary>For the phone service to connect again by itself.</summary>
    public TimeSpan Reconnecting { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>For the media socket after a start that was accepted.</summary>
    public TimeSpan Opening { get; init; } = TimeSpan.FromSeconds(3.5);

    /// <summary>Before something that was refused or not answered is tried again.</summary>
    public TimeSpan Pause { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>How many pauses at most lie between starts after which the socket could not be opened: one after the first, and one more each time.</summary>
    public int LongestPause { get; init; } = 3;

    /// <summary>For the target of a transfer to accept: longer than any phone rings. The caller hears it ring.</summary>
    public TimeSpan Leaving { get; init; } = TimeSpan.FromSeconds(35);

    /// <summary>For gateways to announce their connections to a Redis that has come back.</summary>
    public TimeSpan Announcing { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>What is tried even when the limit is nearly over, or over, before anybody gets to try.</summary>
    public TimeSpan LeastTry { get; init; } = TimeSpan.FromSeconds(6);

    /// <summary>How many refused starts show that the service does not want to.</summary>
    public int Refusals { get; init; } = 3;

    /// <summary>What the last rung needs before the limit.</summary>
    public TimeSpan LastRung { get; init; } = TimeSpan.FromSeconds(1.5);
}
