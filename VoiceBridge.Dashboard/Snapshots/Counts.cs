namespace VoiceBridge.Dashboard.Snapshots;

/// <summary>What was counted, in one minute or in several together.</summary>
public sealed record Counts
{
    public long Offered { get; init; }
    public long Answered { get; init; }

    /// <summary>Turned away for want of room, whether to the busy tone or to the overflow number.</summary>
    public long Busy { get; init; }

    public long Missed { get; init; }
    public long Failed { get; init; }
    public long Ended { get; init; }
    public long ActiveMax { get; init; }
    public long WaitingMax { get; init; }
    public long CapacityMax { get; init; }
    public long TokensIn { get; init; }
    public long TokensOut { get; init; }
    public decimal Cost { get; init; }

    /// <summary>Calls that were not answered although somebody called: the caller heard the busy tone, was sent elsewhere or gave up.</summary>
    public long TurnedAway => Busy + Missed;

    /// <summary>Answered calls by those whose fate is known, from 0 to 1; null without any. Calls that still ring do not count against it.</summary>
    public double? AnswerRate => Answered + Busy + Missed + Failed is > 0 and var known ? (double)Answered / known : null;

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
            Ended = one.Ended + other.Ended,
            ActiveMax = Math.Max(one.ActiveMax, other.ActiveMax),
            WaitingMax = Math.Max(one.WaitingMax, other.WaitingMax),
            CapacityMax = Math.Max(one.CapacityMax, other.CapacityMax),
            TokensIn = one.TokensIn + other.TokensIn,
            TokensOut = one.TokensOut + other.TokensOut,
            Cost = one.Cost + other.Cost,
        };
    }

    public static Counts Add(Counts left, Counts right) => left + right;
}
