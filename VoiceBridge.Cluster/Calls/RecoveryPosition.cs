namespace VoiceBridge.Cluster.Calls;

/// <summary>What the recovery of a call's media waits for.</summary>
public enum RecoveryStep
{
    /// <summary>The phone service may connect again by itself.</summary>
    Reconnecting,

    /// <summary>It has accepted to open a media socket.</summary>
    Opening,

    /// <summary>It has not, and will be asked again.</summary>
    Pausing,
}

/// <summary>How far the recovery of a call's media has come: a replica that takes over goes on there.</summary>
/// <param name="Step">What is waited for.</param>
/// <param name="Refusals">How often the phone service has refused to open a socket.</param>
/// <param name="At">When the step began.</param>
/// <param name="LostAt">When the media were lost that this is about: a later loss is another recovery.</param>
public sealed record RecoveryPosition(RecoveryStep Step, int Refusals, DateTimeOffset At, DateTimeOffset LostAt);
