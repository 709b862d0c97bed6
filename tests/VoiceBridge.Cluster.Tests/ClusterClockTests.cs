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
        Saw(TimeSpan.Zero);

        foreach (var hours in new[] { 3, -3, 0 })
        {
            _machine.Off = TimeSpan.FromHours(hours);
            Saw(TimeSpan.Zero);
            IsOff(TimeSpan.Zero);
        }
    }

    [Fact]
    public void AWrongMachine_HasTheClustersTime()
    {
        _machine.Off = TimeSpan.FromDays(-400);

        Saw(TimeSpan.Zero);

        IsOff(TimeSpan.Zero);
    }

    [Fact]
    public void TimeNeverGoesBack_ForWhatAnswersTake()
    {
        Saw(TimeSpan.Zero);
        var before = _clock.GetUtcNow();

        Saw(TimeSpan.FromMilliseconds(-900));

        Assert.True(_clock.GetUtcNow() >= before);
    }

    [Fact]
    public void ARedisThatJumps_IsBelievedOnlyWhenTheMachineAgrees()
    {
        Saw(TimeSpan.Zero);

        Saw(TimeSpan.FromHours(2));
        IsOff(TimeSpan.Zero);

        _machine.Off = TimeSpan.FromHours(2);
        Saw(TimeSpan.FromHours(2));
        IsOff(TimeSpan.FromHours(2));
    }

    [Fact]
    public void AnAnswerThatTookLong_IsNoJump()
    {
        Saw(TimeSpan.Zero);
        var before = _clock.GetUtcNow();

        var twentySeconds = 20 * _clock.TimestampFrequency;
        _clock.RecordServerTime(DateTimeOffset.UtcNow.AddSeconds(-19).ToUnixTimeMilliseconds(), _clock.GetTimestamp() - twentySeconds);

        Assert.InRange(_clock.GetUtcNow() - before, TimeSpan.Zero, Near);
    }

    private void Saw(TimeSpan off) => _clock.RecordServerTime((DateTimeOffset.UtcNow + off).ToUnixTimeMilliseconds(), _clock.GetTimestamp());

    private void IsOff(TimeSpan expected) => Assert.InRange(_clock.GetUtcNow() - DateTimeOffset.UtcNow - expected, -Near, Near);
}
