using System.Globalization;
using VoiceBridge.Cluster.Series;
using VoiceBridge.Dashboard.Snapshots;

namespace VoiceBridge.Dashboard.Tests.Snapshots;

public sealed class FiguresTests
{
    private static readonly DateTimeOffset Noon = new(2025, 12, 5, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Figures_AddMinutesUp()
    {
        var counts = Sum([Minute(0, ("offered", 10), ("answered", 8), ("rejected_busy", 2), ("active_max", 5)), Minute(1, ("offered", 2), ("answered", 2), ("active_max", 9))]).Counts;

        Assert.Equal(12, counts.Offered);
        Assert.Equal(10, counts.Answered);
        Assert.Equal(9, counts.ActiveMax);
        Assert.Equal(10 / 12d, counts.AnswerRate!.Value, 6);
    }

    [Fact]
    public void AnswerRate_IsUnknownWithoutCalls() => Assert.Null(Sum([Minute(0)]).Counts.AnswerRate);

    [Fact]
    public void CallsSentToTheOverflowNumber_AreTurnedAway()
    {
        var counts = Sum([Minute(0, ("offered", 8), ("answered", 4), ("rejected_busy", 1), ("redirected", 2), ("missed", 1))]).Counts;

        Assert.Equal(3, counts.Busy);
        Assert.Equal(4, counts.TurnedAway);
        Assert.Equal(0.5, counts.AnswerRate);
    }

    [Fact]
    public void CallsThatWereCutOff_AreFailedAndNotServed()
    {
        var counts = Sum([Minute(0, ("offered", 10), ("answered", 8), ("failed", 5), ("cut_off", 3))]).Counts;

        Assert.Equal(0.5, counts.AnswerRate);
        // A call that was answered before this time and is cut off in it makes no rate below nothing.
        Assert.Equal(0, Sum([Minute(0, ("failed", 2), ("cut_off", 2), ("missed", 1))]).Counts.AnswerRate);
    }

    [Fact]
    public void CostOfACall_IsThatOfTheCallsThatEnded()
    {
        Assert.Equal(0.5m, Sum([Minute(0, ("ended", 2), ("ended_cost_micros", 1_000_000), ("cost_micros", 9_000_000))]).Counts.CostPerCall);
        Assert.Null(Sum([Minute(0, ("cost_micros", 9_000_000))]).Counts.CostPerCall);
        Assert.Null(Sum([Minute(0, ("ended", 2))]).Counts.CostPerCall);
    }

    [Fact]
    public void Minute_ThatRedisLost_KeepsWhatWasCountedBefore()
    {
        var known = MinuteStats.Of(Minute(0, ("offered", 10), ("tokens_in", 500), ("active_max", 6), ("end:operator", 1), ("turn:le:500", 4)));
        var after = MinuteStats.Of(Minute(0, ("offered", 1), ("active_max", 4), ("turn:le:500", 1))).After(known);
        var later = MinuteStats.Of(Minute(0, ("offered", 3), ("active_max", 4), ("end:operator", 1))).After(after);

        Assert.Equal((11, 500, 6), (after.Counts.Offered, after.Counts.TokensIn, after.Counts.ActiveMax));
        var sum = Figures.Of([later]);
        Assert.Equal((13, 500L), (sum.Counts.Offered, sum.Counts.TokensIn));
        Assert.Equal([KeyValuePair.Create("operator", 2L)], sum.Reasons);
        // Nothing lost: what is read is what is there.
        Assert.Equal(12, MinuteStats.Of(Minute(0, ("offered", 12), ("tokens_in", 500), ("active_max", 6))).After(known).Counts.Offered);
    }

    [Fact]
    public void Minute_OfWhichNothingIsKnown_IsAGap()
    {
        Assert.True(MinuteStats.Of(Minute(0)).IsGap);
        Assert.False(MinuteStats.Of(Minute(0, ("capacity_max", 10))).IsGap);
    }

    [Fact]
    public void EveryCounter_IsAddedUp()
    {
        var numbers = typeof(Counts).GetProperties().Where(property => property.SetMethod is not null).ToArray();
        var one = new Counts();
        foreach (var number in numbers) number.SetValue(one, Convert.ChangeType(3, number.PropertyType, CultureInfo.InvariantCulture));

        var both = one + one;

        Assert.NotEmpty(numbers);
        Assert.All(numbers, number => Assert.Equal(number.Name.EndsWith("Max", StringComparison.Ordinal) ? 3 : 6, Convert.ToInt64(number.GetValue(both), CultureInfo.InvariantCulture)));
    }

    [Fact]
    public void Reasons_AreSummedAndTheMostFrequentComesFirst()
    {
        var figures = Sum([Minute(0, ("end:busy", 1), ("end:caller_hung_up", 2)), Minute(1, ("end:caller_hung_up", 3))]);

        Assert.Equal(["caller_hung_up", "busy"], figures.Reasons.Select(reason => reason.Key));
        Assert.Equal(5, figures.Reasons[0].Value);
    }

    [Fact]
    public void Latency_AgreesWithTheClustersOwnPercentiles()
    {
        var random = new Random(1);
        var minutes = Enumerable.Range(0, 30).Select(i => Minute(i,
            [.. Enumerable.Range(0, 20).Select(_ => LatencyBuckets.Counter("turn", random.Next(5, 9_000))).GroupBy(name => name).Select(group => (group.Key, (long)group.Count()))])).ToArray();

        var latency = Latency.Of(minutes.Select(MinuteStats.Of).Select(minute => minute.Turn));

        Assert.Equal(LatencyBuckets.Percentile(minutes, "turn", 0.5), latency.P50);
        Assert.Equal(LatencyBuckets.Percentile(minutes, "turn", 0.95), latency.P95);
        Assert.Equal(LatencyBuckets.Percentile(minutes, "turn", 0.99), latency.P99);
    }

    [Fact]
    public void Latency_OfNothing_IsUnknown() => Assert.Equal(new Latency(null, null, null), Latency.Of([]));

    [Fact]
    public void Range_GathersADayIntoQuartersOfAnHour()
    {
        var snapshot = new ClusterSnapshot { Minutes = [.. Enumerable.Range(0, 1_440).Select(i => MinuteStats.Of(Minute(i, ("answered", 1))))] };

        var view = snapshot.Over(TimeRange.Day);

        Assert.Equal(96, view.Points.Count);
        Assert.All(view.Points, point => Assert.Equal(15, point.Figures.Counts.Answered));
        Assert.Equal(1_440, view.Total.Counts.Answered);
        Assert.Same(view, snapshot.Over(TimeRange.Day));
    }

    private static SeriesMinute Minute(int minute, params (string Name, long Value)[] counters) =>
        new(Noon.AddMinutes(minute), counters.ToDictionary(counter => counter.Name, counter => counter.Value));

    private static Figures Sum(SeriesMinute[] minutes) => Figures.Of([.. minutes.Select(MinuteStats.Of)]);
}
