namespace VoiceBridge.Simulator;

/// <summary>What a caller noticed. Frames are 20 ms.</summary>
public sealed record CallerStatistics
{
    /// <summary>Frames of the caller that were sent.</summary>
    public long FramesSent { get; init; }

    /// <summary>Audio that arrived for the caller, in frames.</summary>
    public long FramesReceived { get; init; }

    /// <summary>Frames heard by the caller.</summary>
    public long FramesHeard { get; init; }

    /// <summary>Frames of the caller that nobody read, or that no socket was there for.</summary>
    public long FramesLost { get; init; }

    /// <summary>Audio that came after the <c>StopAudio</c> that was meant for it, in frames.</summary>
    public long FramesAfterStop { get; init; }

    /// <summary>Frames that carry this call's own mark.</summary>
    public long FramesOwn { get; init; }

    /// <summary>Frames that carry the mark of another call. Anything but 0 means that somebody heard somebody else's agent.</summary>
    public long FramesForeign { get; init; }

    /// <summary>What the caller said.</summary>
    public int CallerTurns { get; init; }

    /// <summary>What the agent said.</summary>
    public int AgentTurns { get; init; }

    /// <summary>How often <c>StopAudio</c> cut the agent short.</summary>
    public int Interruptions { get; init; }

    /// <summary>From ringing to answered.</summary>
    public TimeSpan? TimeToAnswer { get; init; }

    /// <summary>From answered to the first sound of the agent.</summary>
    public TimeSpan? FirstAudio { get; init; }

    /// <summary>The longest hole within something the agent said.</summary>
    public TimeSpan LargestGap { get; init; }

    /// <summary>How often a media socket was opened.</summary>
    public int MediaSockets { get; init; }

    /// <summary>Messages that are no valid ones.</summary>
    public int InvalidMessages { get; init; }

    /// <summary>From the end of the caller's turn to the agent's first sound, ms.</summary>
    public IReadOnlyList<double> TurnLatencies { get; init; } = [];

    /// <summary>From the caller's first sound over the agent to <c>StopAudio</c>, ms.</summary>
    public IReadOnlyList<double> BargeInLatencies { get; init; } = [];

    /// <summary>Measured frames' way there and back, ms.</summary>
    public IReadOnlyList<double> RoundTrips { get; init; } = [];

    /// <summary>Measured frames that did not come back.</summary>
    public long ProbesLost { get; init; }
}
