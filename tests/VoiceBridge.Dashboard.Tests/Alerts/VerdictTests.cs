using VoiceBridge.Dashboard.Presentation;
using VoiceBridge.Cluster.Admission;
using VoiceBridge.Cluster.Calls;
using VoiceBridge.Cluster.Events;
using VoiceBridge.Cluster.Gateways;
using VoiceBridge.Cluster.Series;
using VoiceBridge.Dashboard.Snapshots;

namespace VoiceBridge.Dashboard.Tests.Alerts;

/// <summary>What the first line of the first page says.</summary>
public sealed class VerdictTests
{
    private static readonly DateTimeOffset Now = new(2025, 12, 5, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Callers_AreServed() => AssertSays(Cluster(GatewayState.Ready, GatewayState.Ready), Severity.Info, "Callers are served: 98 slots of 100 free.");

    [Fact]
    public void NobodyAlive_IsSaidWithWhenTheLastOneDied()
    {
        var snapshot = Cluster(GatewayState.Dead, GatewayState.Dead) with { Load = new ClusterLoad(0, 0, 6, 0) };
        snapshot = snapshot with { Gateways = [.. snapshot.Gateways.Select((gateway, i) => gateway with { DiedAt = Now.AddSeconds(-30 + i) })] };

        AssertSays(snapshot, Severity.Critical, "No caller is served: no gateway is alive.");
        Assert.Equal(Now.AddSeconds(-29), snapshot.Verdict.Since);
    }

    [Fact]
    public void AllDraining_IsSaidInRed()
    {
        var snapshot = Cluster(GatewayState.Draining) with { Load = new ClusterLoad(0, 0, 6, 0) };

        AssertSays(snapshot, Severity.Critical, "No new caller is served: the only gateway is draining.");
        Assert.Contains("Undrain", snapshot.Verdict.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void OneDraining_IsNotSaid() => AssertSays(Cluster(GatewayState.Ready, GatewayState.Draining), Severity.Info, "Callers are served: 98 slots of 100 free.");

    [Fact]
    public void NobodyHeardOf_IsSaid() =>
        AssertSays(Cluster(GatewayState.Suspect), Severity.Critical, "No new caller is served: no gateway that takes calls has been heard of for 3 s.");

    [Fact]
    public void FullCluster_IsSaid() => AssertSays(Cluster(GatewayState.Full) with { Load = new ClusterLoad(98, 2, 3, 100) }, Severity.Critical, "New callers wait: all 100 slots are taken.");

    [Fact]
    public void VoiceLiveThatNobodyReaches_IsSaidWithItsName()
    {
        var snapshot = Cluster(GatewayState.Ready) with { Budgets = [new EndpointBudget("east", 0, 30, 0, 1)] };

        AssertSays(snapshot, Severity.Critical, "No new caller gets an agent: no gateway reaches Voice Live.");
        Assert.Contains("east", snapshot.Verdict.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void VoiceLiveThatRefused_IsSaidUntilACallIsHeard()
    {
        var refused = new PastEvent(Now.AddSeconds(-20), ClusterLogKind.SessionsRefused, "east", null, 3, Severity.Critical, "");
        var snapshot = Cluster(GatewayState.Ready) with { Events = [refused], Budgets = [new EndpointBudget("east", 3, 30, 1, 1)] };

        AssertSays(snapshot, Severity.Critical, "No new caller gets an agent: Voice Live opens no session.");
        AssertSays(snapshot with { Live = [Heard(Now.AddSeconds(-5))] }, Severity.Info, "Callers are served: 98 slots of 100 free.");
    }

    [Fact]
    public void SpentBudgets_AreRedOnlyWhenNoneIsLeft()
    {
        var one = Cluster(GatewayState.Ready) with { Budgets = [new EndpointBudget("a", 30, 30, 1, 1, Now.AddSeconds(40)), new EndpointBudget("b", 10, 10, 1, 1, Now.AddSeconds(25))] };

        AssertSays(one, Severity.Critical, "New callers wait: no Voice Live budget is left.");
        Assert.Equal(Now.AddSeconds(25), one.Verdict.Until);
        AssertSays(one with { Budgets = [one.Budgets[0], new EndpointBudget("b", 3, 10, 1, 1)] }, Severity.Info, "Callers are served: 98 slots of 100 free.");
        // What no gateway reaches serves nobody, however much of it is left.
        AssertSays(one with { Budgets = [one.Budgets[0], new EndpointBudget("gone", 0, 90, 0, 1)] }, Severity.Critical, "New callers wait: no Voice Live budget is left.");
    }

    [Fact]
    public void LostCalls_AreRedUntilACallIsHeardAgain()
    {
        var minute = new SeriesMinute(Now, new Dictionary<string, long> { ["offered"] = 20, ["answered"] = 20, ["failed"] = 8, ["cut_off"] = 8, ["end:media_lost"] = 8 });
        var lost = new CallRecord { CallId = "lost", CorrelationId = "l", State = CallState.Ended, EndReason = "media_lost", EndedAt = Now.AddSeconds(-50) };
        var snapshot = Cluster(GatewayState.Ready) with { Minutes = [MinuteStats.Of(minute)], Recent = [lost] };

        AssertSays(snapshot, Severity.Critical, "Calls are being lost.");
        Assert.Equal("8 calls failed in the last 5 minutes, of 20 offered. Most often: media lost.", snapshot.Verdict.Detail);

        // None for a minute: over or not, nobody knows before the next call.
        var later = snapshot with { At = Now.AddSeconds(30) };
        AssertSays(later, Severity.Info, "Callers are served: 98 slots of 100 free.");
        Assert.Equal(Severity.Warning, Assert.Single(AlertRules.Evaluate(later, [])).Severity);

        var again = snapshot with { Live = [Heard(Now.AddSeconds(-10))] };
        AssertSays(again, Severity.Info, "Callers are served: 98 slots of 100 free.");
        Assert.Equal(Now.AddSeconds(-10), Assert.Single(AlertRules.Evaluate(again, [])).OverSince);
    }

    [Fact]
    public void Stale_SaysWhatHappensToCallers()
    {
        var snapshot = Cluster(GatewayState.Ready) with { StaleSince = Now };

        AssertSays(snapshot, Severity.Warning, "Redis does not answer: the figures below are old.");
        Assert.Contains("New callers are answered until the last known free slots are used up, then hear busy", snapshot.Verdict.Detail, StringComparison.Ordinal);
        Assert.Equal(Health.Stale, snapshot.Health);
    }

    [Fact]
    public void BeforeTheFirstReading_NothingIsClaimed() => Assert.Equal("The cluster has not been read yet.", ClusterSnapshot.Empty.Verdict.Headline);

    [Fact]
    public void EveryKindOfTheLog_HasItsSentence()
    {
        Assert.All(ClusterLogKind.All, kind =>
        {
            var said = PastEvents.Of(new ClusterLogEntry(Now, kind, "gateway-1-0123456789ab", "Somebody", "4", 2)).Text;
            Assert.EndsWith(".", said, StringComparison.Ordinal);
            Assert.DoesNotContain("_", said, StringComparison.Ordinal);
            Assert.DoesNotContain("0123456789ab", kind.StartsWith("gateway", StringComparison.Ordinal) ? said : "", StringComparison.Ordinal);
        });
        Assert.Equal("gateway-1 died with 2 calls.", PastEvents.Of(new ClusterLogEntry(Now, ClusterLogKind.GatewayDied, "gateway-1-0123456789ab", Count: 2)).Text);
        Assert.Equal("Somebody ordered gateway-1 to drain.", PastEvents.Of(new ClusterLogEntry(Now, ClusterLogKind.DrainOrdered, "gateway-1-0123456789ab", "Somebody")).Text);
    }

    private static CallRecord Heard(DateTimeOffset at) => new() { CallId = "heard", CorrelationId = "h", State = CallState.Connected, Media = MediaState.Open, FirstAudioAt = at };

    private static void AssertSays(ClusterSnapshot snapshot, Severity severity, string headline) =>
        Assert.Equal((severity, headline), (snapshot.Verdict.Severity, snapshot.Verdict.Headline));

    private static ClusterSnapshot Cluster(params GatewayState[] states) => new()
    {
        At = Now,
        Load = new ClusterLoad(2, 0, 0, 100),
        Gateways = [.. states.Select((state, i) => new GatewayView(new GatewayHeartbeat { GatewayId = $"g{i}", Capacity = 50 }, TimeSpan.Zero, state))],
    };
}
