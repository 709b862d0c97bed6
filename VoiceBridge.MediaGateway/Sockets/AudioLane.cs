namespace VoiceBridge.MediaGateway.Sockets;

/// <summary>What becomes of audio that a peer does not take as fast as it comes.</summary>
/// <param name="MaxAge">Audio that waited longer is dropped, oldest first; zero: none is dropped.</param>
/// <param name="MaxBacklog">More audio than this, by its playing time, fails the writer; zero: no limit but <paramref name="MaxAge"/>.</param>
internal readonly record struct AudioLane(TimeSpan MaxAge, TimeSpan MaxBacklog)
{
    /// <summary>Caller's audio: worth nothing when it is late.</summary>
    public static AudioLane Fresh(TimeSpan maxAge) => new(maxAge, TimeSpan.Zero);

    /// <summary>The agent's audio: comes faster than it plays, and every word of it counts.</summary>
    public static AudioLane Complete(TimeSpan maxBacklog) => new(TimeSpan.Zero, maxBacklog);
}
