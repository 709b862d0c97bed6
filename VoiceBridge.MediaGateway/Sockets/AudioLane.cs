namespace VoiceBridge.MediaGateway.Sockets;

/// <summary>What becomes of audio that a peer does not take as fast as it comes.</summary>
/// <param name="MaxAge">Audio that waited longer is dropped, oldest first; zero: none is dropped.</param>
/// <param name="MaxBacklog">More audio than this, by its playing time, fails the writer; zero: no limit but <paramref name="MaxAge"/>.</param>
/// <param name="Ahead">Audio waits until the peer has no more than this left to play; zero: it is sent as it comes.</param>
internal readonly record struct AudioLane(TimeSpan MaxAge, TimeSpan MaxBacklog, TimeSpan Ahead = default)
{
    /// <summary>Caller's audio: worth nothing when it is late.</summary>
    public static AudioLane Fresh(TimeSpan maxAge) => new(maxAge, TimeSpan.Zero);

    /// <summary>The agent's audio: comes faster than it plays, and every word of it counts.</summary>
    public static AudioLane Complete(TimeSpan maxBacklog) => new(TimeSpan.Zero, maxBacklog);

    /// <summary>The same for a peer that is to be no more than <paramref name="ahead"/> of what it plays.</summary>
    public static AudioLane Paced(TimeSpan maxBacklog, TimeSpan ahead) => new(TimeSpan.Zero, maxBacklog, ahead);
}
