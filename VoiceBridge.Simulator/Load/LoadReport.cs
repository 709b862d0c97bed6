namespace VoiceBridge.Simulator.Load;

/// <summary>What became of the calls of a <see cref="LoadRun"/>. Durations are milliseconds.</summary>
public sealed record LoadReport
{
    /// <summary>Calls that rang.</summary>
    public int Offered { get; init; }

    /// <summary>Calls that were answered.</summary>
    public int Answered { get; init; }

    /// <summary>Calls that were rejected as busy.</summary>
    public int Busy { get; init; }

    /// <summary>Calls that were redirected while they rang.</summary>
    public int Redirected { get; init; }

    /// <summary>Calls that were answered in vain (nothing was ever heard) or ended before their caller wanted, or that nobody answered; <see cref="Reasons"/> says why.</summary>
    public int Lost { get; init; }

    /// <summary>The most that were answered at the same time.</summary>
    public int MostAtOnce { get; init; }

    /// <summary>How calls ended.</summary>
    public IReadOnlyDictionary<string, int> Reasons { get; init; } = new Dictionary<string, int>();

    /// <summary>From ringing to answered.</summary>
    public Percentiles TimeToAnswer { get; init; } = Percentiles.Of([]);

    /// <summary>From answered to the agent's first sound.</summary>
    public Percentiles FirstAudio { get; init; } = Percentiles.Of([]);

    /// <summary>From the end of the caller's turn to the agent's first sound.</summary>
    public Percentiles TurnLatency { get; init; } = Percentiles.Of([]);

    /// <summary>From the caller's first sound over the agent to its silence.</summary>
    public Percentiles BargeIn { get; init; } = Percentiles.Of([]);

    /// <summary>Measured frames' way there and back.</summary>
    public Percentiles RoundTrip { get; init; } = Percentiles.Of([]);

    /// <summary>Frames sent by callers.</summary>
    public long FramesSent { get; init; }

    /// <summary>Frames that nobody read, and measured ones that never came back.</summary>
    public long FramesLost { get; init; }

    /// <summary>Frames with another call's mark.</summary>
    public long FramesForeign { get; init; }

    /// <summary>Frames that came after the stop that was meant for them.</summary>
    public long FramesAfterStop { get; init; }

    /// <summary>How often callers interrupted the agent.</summary>
    public int Interruptions { get; init; }

    /// <summary>Times that a call's media socket was opened anew.</summary>
    public int Reconnects { get; init; }

    /// <summary>The longest hole in something an agent said.</summary>
    public double LargestGap { get; init; }

    /// <summary>How long all of it took, seconds.</summary>
    public double Seconds { get; init; }
}
