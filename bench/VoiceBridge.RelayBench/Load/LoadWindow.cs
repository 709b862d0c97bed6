using System.Diagnostics;

namespace VoiceBridge.RelayBench.Load;

/// <summary>What the generator saw of the frames that were due within one <see cref="Phase"/>, whenever they arrived.</summary>
internal sealed class LoadWindow
{
    private readonly long _from;
    private readonly long _to;

    public LoadWindow(Phase phase, long start, LoadPlan plan)
    {
        Phase = phase;
        _from = start + (long)(phase.From.TotalSeconds * Stopwatch.Frequency);
        _to = start + (long)(phase.To.TotalSeconds * Stopwatch.Frequency);
        var frames = (int)(plan.Calls * (phase.Duration.TotalMicroseconds / plan.FrameMicroseconds)) + plan.Calls;
        (Up, Down, RoundTrip, FromSchedule) = (new(frames), new(frames), new(frames), new(frames));
    }

    public Phase Phase { get; }

    public long SentUp { get; set; }

    public long ArrivedUp { get; set; }

    public long SentDown { get; set; }

    public long ArrivedDown { get; set; }

    /// <summary>Frames that came out of order, or to another call.</summary>
    public long Misdelivered { get; set; }

    /// <summary>Frames that the generator itself sent more than 5 ms after their time.</summary>
    public long LateSends { get; set; }

    /// <summary>Frames of either direction that arrived while the phase lasted: what the server's processor time of that time was spent on.</summary>
    public long Relayed { get; set; }

    /// <summary>What the generator's thread used while the phase lasted.</summary>
    public TimeSpan GeneratorCpu { get; set; }

    /// <summary>Caller to agent.</summary>
    public Latencies Up { get; }

    /// <summary>Agent to caller.</summary>
    public Latencies Down { get; }

    /// <summary>From the caller's send to the arrival of the agent's message that answers it.</summary>
    public Latencies RoundTrip { get; }

    /// <summary>The same, from when the caller's frame was due: with what the generator itself was late.</summary>
    public Latencies FromSchedule { get; }

    public long Lost => SentUp - ArrivedUp + (SentDown - ArrivedDown);

    public bool Holds(long due) => due >= _from && due < _to;

    public bool HasBegun(long now) => now >= _from;

    public bool HasEnded(long now) => now >= _to;
}
