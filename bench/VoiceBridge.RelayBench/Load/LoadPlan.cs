namespace VoiceBridge.RelayBench.Load;

/// <summary>What is asked of a server, and when it is measured.</summary>
internal sealed record LoadPlan
{
    /// <summary>A frame of 20 ms, in microseconds.</summary>
    public const int UsualFrame = 20_000;

    public required int Calls { get; init; }

    /// <summary>The calls arrive evenly within this time, from the moment that the server said it was ready.</summary>
    public TimeSpan Arrival { get; init; } = TimeSpan.FromSeconds(4);

    /// <summary>When to measure, since the server said it was ready.</summary>
    public required IReadOnlyList<Phase> Phases { get; init; }

    /// <summary>How much audio a message of the agent holds, in caller's frames: 1 for 20 ms, 10 for 200 ms.</summary>
    public int FramesPerDelta { get; init; } = 1;

    /// <summary>Who speaks when.</summary>
    public Talk Talk { get; init; }

    /// <summary>How often each caller sends a frame, in microseconds.</summary>
    public int FrameMicroseconds { get; init; } = UsualFrame;

    /// <summary>TLS to the agents' end.</summary>
    public bool Tls { get; init; }

    /// <summary>Server on CPU 0, generator on CPU 1. Otherwise nothing is pinned: both share all cores.</summary>
    public bool Pinned { get; init; }

    /// <summary>
    /// The generator never sleeps. It takes a core from the server, and wakes it more cheaply, since no processor has to be woken. For comparison with generators
    /// that work so.
    /// </summary>
    public bool Spins { get; init; }
}

/// <summary>A time of measurement.</summary>
internal sealed record Phase(string Name, TimeSpan From, TimeSpan To)
{
    public TimeSpan Duration => To - From;

    /// <summary>The first seconds of a fresh process, its calls' arrival included.</summary>
    public static Phase Cold(TimeSpan duration) => new("cold", TimeSpan.Zero, duration);

    /// <summary>Well after the first call.</summary>
    public static Phase Warm(TimeSpan from, TimeSpan duration) => new("warm", from, from + duration);
}

internal enum Talk
{
    /// <summary>The agents' end sends each caller's audio back, all the time.</summary>
    Echo,

    /// <summary>Echo, and around it the events of conversations with tools and transcripts.</summary>
    EchoAndEvents,

    /// <summary>Callers and agents take turns, callers interrupt; the agent is silent while it is not its turn.</summary>
    Turns,
}
