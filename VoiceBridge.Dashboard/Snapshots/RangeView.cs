namespace VoiceBridge.Dashboard.Snapshots;

/// <summary>A snapshot's counters over a range: in sum, and point by point for charts. Made once per snapshot, whoever looks.</summary>
public sealed record RangeView(TimeRange Range, Figures Total, IReadOnlyList<RangePoint> Points)
{
    public static RangeView Of(ClusterSnapshot snapshot, TimeRange range)
    {
        var minutes = snapshot.Last(range.Span);
        // Points end on round times, so that a point keeps its minutes while the range moves on.
        var points = minutes
            .GroupBy(minute => minute.Minute.ToUnixTimeSeconds() / 60 / range.MinutesPerPoint)
            .Select(group => new RangePoint(group.First().Minute, Figures.Of([.. group])) { IsGap = group.All(minute => minute.IsGap) })
            .ToArray();
        // The present minute's highest counts are written now and then only; what is there now is known better.
        if (points.Length > 0) points[^1] = points[^1] with { Figures = WithNow(points[^1].Figures, snapshot), IsGap = false };
        return new RangeView(range, Figures.Of(minutes), points);
    }

    private static Figures WithNow(Figures figures, ClusterSnapshot snapshot) => figures with
    {
        Counts = figures.Counts + new Counts { ActiveMax = snapshot.Load.Active, WaitingMax = snapshot.Load.Waiting, CapacityMax = snapshot.Load.Capacity },
    };
}

/// <summary>A point of a chart: what its minutes come to.</summary>
public sealed record RangePoint(DateTimeOffset At, Figures Figures)
{
    /// <summary>Nothing is known of its minutes: charts show a gap there, not a zero.</summary>
    public bool IsGap { get; init; }
}
