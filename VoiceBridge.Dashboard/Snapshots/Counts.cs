namespace VoiceBridge.Dashboard.Snapshots;

/// <summary>What was counted, in one minute or in several together.</summary>
public sealed record Counts
{
    public long Offered { get; init; }
    public long Answered { get; init; }

    /// <summary>Turned away for want of room, whether to the busy tone or to the overflow number.</summary>
    public long Busy { get; init; }

    public long Missed { get; init; }

    /// <summary>Calls that could not be answered or were cut off: those whose end <see cref="VoiceBridge.Cluster.Calls.EndReasons"/> calls failed.</summary>
    public long Failed { get; init; }

    /// <summary>Those of <see cref="Failed"/> that were answered before.</summary>
    public long CutOff { get; init; }

    public long Ended { get; init; }
    public long ActiveMax { get; init; }
    public long WaitingMax { get; init; }
    public long CapacityMax { get; init; }
    public long TokensIn { get; init; }
    public long TokensOut { get; init; }

    /// <summary>All that was spent in this time: also on calls that go on, and on conversations from a browser.</summary>
    public decimal Cost { get; init; }

    /// <summary>What the calls that ended in this time had cost in all.</summary>
    public decimal EndedCost { get; init; }

    /// <summary>What a call costs: those that ended, by their number. Null when none has, or prices are not known.</summary>
    public decimal? CostPerCall => Ended > 0 && EndedCost > 0 ? EndedCost / Ended : null;

    /// <summary>Calls that were not answered although somebody called: the caller heard the busy tone, was sent elsewhere or gave up.</summary>
    public long TurnedAway => Busy + Missed;

    /// <summary>
    /// Calls that were answered and not cut off, by those whose fate is known, from 0 to 1; null without any. Calls that still ring do not count against it.
    /// </summary>
    public double? AnswerRate => Answered + Busy + Missed + (Failed - CutOff) is > 0 and var known ? Math.Max(0, (double)(Answered - CutOff) / known) : null;

    /// <summary>Both together: sums, and of the highest the higher.</summary>
    public static Counts operator +(Counts one, Counts other)
    {
        ArgumentNullException.ThrowIfNull(one);
        ArgumentNullException.ThrowIfNull(other);
        return new Counts
        {
            Offered = one.Offered + other.Offered,
            Answered = one.Answered + other.Answered,
            Busy = one.Busy + other.Busy,
            Missed = one.Missed + other.Missed,
            Failed = one.Failed + other.Failed,
            CutOff = one.CutOff + other.CutOff,
            Ended = one.Ended + other.Ended,
            ActiveMax = Math.Max(one.ActiveMax, other.ActiveMax),
            WaitingMax = Math.Max(one.WaitingMax, other.WaitingMax),
            CapacityMax = Math.Max(one.CapacityMax, other.CapacityMax),
            TokensIn = one.TokensIn + other.TokensIn,
            TokensOut = one.TokensOut + other.TokensOut,
            Cost = one.Cost + other.Cost,
            EndedCost = one.EndedCost + other.EndedCost,
        };
    }

    public static Counts Add(Counts left, Counts right) => left + right;
}
