using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using VoiceBridge.Cluster.Admission;

namespace VoiceBridge.CallControl.Tests.Calls;

public sealed class OfflineAllowanceTests
{
    private static readonly ClusterLoad Empty = new(0, 0, 0, 100);

    private readonly FakeTimeProvider _time = new();
    private readonly OfflineAllowance _share;

    public OfflineAllowanceTests() => _share = new OfflineAllowance(Options.Create(new CallOptions { Admission = { Headroom = 0 } }), _time);

    [Fact]
    public void Replicas_ShareWhatIsFree()
    {
        _share.Refresh(Empty, replicas: 10);

        Assert.Equal(10, Enumerable.Range(0, 50).Count(i => _share.TryTake($"c{i}")));
    }

    [Fact]
    public void Replicas_ThatAreSeldomSeen_AreAtLeastThoseThatAreConfigured()
    {
        _share.Refresh(Empty, replicas: 1);

        Assert.Equal(50, _share.Free);
    }

    [Fact]
    public void ARedisThatComesAndGoes_DoesNotLetTheShareInAgainEachSecond()
    {
        _share.Refresh(Empty, replicas: 2);
        for (var i = 0; i < 50; i++) Assert.True(_share.TryTake($"c{i}"));

        _time.Advance(TimeSpan.FromSeconds(1));
        // None of them has its media socket yet.
        _share.Refresh(Empty, replicas: 2);
        Assert.False(_share.TryTake("another"));

        _time.Advance(TimeSpan.FromSeconds(10));
        _share.Refresh(Empty with { Active = 50 }, replicas: 2);
        Assert.Equal(25, _share.Free);
    }

    [Fact]
    public void Slot_ComesBackOnce()
    {
        _share.Refresh(Empty, replicas: 100);
        Assert.True(_share.TryTake("failed"));
        Assert.Equal(0, _share.Free);

        // The answer failed, and its notice says so too.
        _share.GiveBack("failed", wasConnected: false);
        _share.GiveBack("failed", wasConnected: false);
        Assert.Equal(1, _share.Free);
        _share.GiveBack("admitted by another", wasConnected: true);
        Assert.Equal(2, _share.Free);
    }

    [Fact]
    public void Share_IsThisReplicasPartOfWhatWasFree()
    {
        var share = new OfflineAllowance(Options.Create(new CallOptions()), _time);
        share.Refresh(new ClusterLoad(Active: 3, Reserved: 1, Waiting: 0, Capacity: 10), replicas: 2);

        // 10 less a tenth for headroom, less 4 taken: 5 free, 2 for each.
        Assert.Equal([true, true, false], [share.TryTake("a"), share.TryTake("b"), share.TryTake("c")]);
        Assert.True(share.TryTake("a"), "a call that has its slot keeps it");
    }

    [Fact]
    public void Share_OfAClusterNeverSeen_IsNothing() => Assert.False(_share.TryTake("a"));
}
