namespace VoiceBridge.Cluster.Calls;

/// <summary>Whether a call has a media socket.</summary>
public enum MediaState
{
    /// <summary>None: not yet, or it was lost (<see cref="CallRecord.MediaLostAt"/>).</summary>
    None,

    /// <summary>A gateway has it.</summary>
    Open,

    /// <summary>Lost, and a CallControl replica is at work to bring it back.</summary>
    Recovering,
}
