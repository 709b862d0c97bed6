using Microsoft.Extensions.Logging.Abstractions;
using VoiceBridge.Testing;

namespace VoiceBridge.Cluster.Tests;

public sealed class ClusterClockTests
{
    private static readonly TimeSpan Near = TimeSpan.FromSeconds(30);

    private readonly MachineClock _machine = new();
    private readonly ClusterClock _clock;

    public ClusterClockTests() => _clock = new ClusterClock(_machine, NullLogger<ClusterClock>.Instance);

    [Fact]
    public void BeforeRedisIsSeen_ItIsTheMachinesClock()
    {
        _machine.Off = TimeSpan.FromHours(3);

        IsOff(TimeSpan.FromHours(3));
    }

    [Fact]
    public void AMachineThatIsSetMeanwhile_ChangesNothing()
    {
        _clock.Saw(DateTimeOffset.UtcNow);

        foreach (var hours in new[] { 3, -3, 0 })
        {
            _machine.Off = TimeSpan.FromHours(hours);
            _clock.Saw(DateTimeOffset.UtcNow);
            IsOff(TimeSpan.Zero);
        }
    }

    [Fact]
    public void AWrongMachine_HasTheClustersTime()
    {
        _machine.Off = TimeSpan.FromDays(-400);

        _clock.Saw(DateTimeOffset.UtcNow);

        IsOff(TimeSpan.Zero);
    }

    [Fact]
    public void TimeNeverGoesBack_ForWhatAnswersTake()
    {
        _clock.Saw(DateTimeOffset.UtcNow);
        var before = _clock.GetUtcNow();

        _clock.Saw(DateTimeOffset.UtcNow.AddMilliseconds(-900));

        Assert.True(_clock.GetUtcNow() >= before);
    }

    [Fact]
    public void ARedisThatJumps_IsBelievedOnlyWhenTheMachineAgrees()
    {
        _clock.Saw(DateTimeOffset.UtcNow);

        _clock.Saw(DateTimeOffset.UtcNow.AddHours(2));
        IsOff(TimeSpan.Zero);

        _machine.Off = TimeSpan.FromHours(2);
        _clock.Saw(DateTimeOffset.UtcNow.AddHours(2));
        IsOff(TimeSpan.FromHours(2));
    }

    private void IsOff(TimeSpan expected) => Assert.InRange(_clock.GetUtcNow() - DateTimeOffset.UtcNow - expected, -Near, Near);
}
