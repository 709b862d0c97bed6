using VoiceBridge.MediaGateway.Connections;

namespace VoiceBridge.MediaGateway.Tests.Connections;

public sealed class HandOverScheduleTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(540);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(100);

    [Fact]
    public void Calls_StayAsLongAsTheyCan_AndMoveAtTheRateOfNewSessions()
    {
        // Half of 60 a minute is one in two seconds: 20 calls need 40 s.
        var moved = Drain(calls: 20, perMinute: 60);

        Assert.InRange(moved[0], 498, 505);
        Assert.InRange(moved[^1], 530, 540);
        Assert.All(moved.Zip(moved.Skip(1)), pair => Assert.InRange(pair.Second - pair.First, 1.5, 2.5));
    }

    [Fact]
    public void Calls_OfOtherGatewaysThatDrain_NeedTheirShare()
    {
        var moved = Drain(calls: 20, perMinute: 60, elsewhere: 60);

        Assert.InRange(moved[0], 378, 390);
        Assert.InRange(moved[^1], 525, 540);
    }

    [Fact]
    public void FirstHalf_IsTheCallsOwn_HoweverMany()
    {
        var moved = Drain(calls: 100, perMinute: 1);

        Assert.InRange(moved[0], 270, 275);
        Assert.InRange(moved.Count, 98, 100);
    }

    [Fact]
    public void PlentyOfSessions_LetCallsStayUntilTheEnd() => Assert.InRange(Drain(calls: 50, perMinute: 6_000).Min(), 538, 540);

    /// <summary>When each call was handed over, in seconds.</summary>
    private static List<double> Drain(int calls, int perMinute, int elsewhere = 0)
    {
        var pace = new HandOverSchedule(perMinute, Limit);
        var moved = new List<double>();
        for (var at = TimeSpan.Zero; at < Limit; at += Look)
        {
            var due = pace.Due(calls - moved.Count, calls - moved.Count + elsewhere, Limit - at, Look);
            for (var i = 0; i < due; i++) moved.Add(at.TotalSeconds);
        }

        return moved;
    }
}
