using System.Globalization;
using VoiceBridge.Cluster.Admission;
using VoiceBridge.Cluster.Gateways;
using VoiceBridge.Cluster.Series;
using VoiceBridge.Dashboard.Alerts;
using VoiceBridge.Dashboard.Snapshots;

namespace VoiceBridge.Dashboard.Tests.Snapshots;

public sealed class AlertRulesTests
{
    private static readonly DateTimeOffset Now = new(2025, 12, 5, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void HealthyCluster_HasNoAlert()
    {
        var snapshot = Cluster(GatewayState.Ready, GatewayState.Ready);

        Assert.Empty(AlertRules.Evaluate(snapshot, []));
        Assert.Equal(Health.Healthy, (snapshot with { At = Now }).Health);
    }

    [Fact]
    public void DrainingGateways_AreCounted() =>
        Assert.Contains(AlertRules.Evaluate(Cluster(GatewayState.Ready, GatewayState.Draining, GatewayState.Draining), []), alert => alert.Text == "2 of 3 gateways draining.");

    [Fact]
    public void NoLivingGateway_IsAFailure() =>
        Assert.Equal(Health.Failed, Assert.Single(AlertRules.Evaluate(Cluster(GatewayState.Dead) with { Load = new ClusterLoad(0, 0, 0, 0) }, [])).Health);

    [Fact]
    public void FullCluster_IsSaidWithFigures() =>
        Assert.Contains(AlertRules.Evaluate(Cluster(GatewayState.Full) with { Load = new ClusterLoad(98, 2, 0, 100) }, []), alert => alert.Text.StartsWith("Full: 100 of 100", StringComparison.Ordinal));

    [Fact]
    public void SpentBudgets_AreAFailureOnlyWhenNoneIsLeft()
    {
        var one = Cluster(GatewayState.Ready) with { Budgets = [new EndpointBudget("a", 30, 30, 1, 1), new EndpointBudget("b", 3, 30, 1, 1)] };
        var all = one with { Budgets = [new EndpointBudget("a", 30, 30, 1, 1)] };

        Assert.Equal(Health.Degraded, Assert.Single(AlertRules.Evaluate(one, [])).Health);
        Assert.Equal(Health.Failed, Assert.Single(AlertRules.Evaluate(all, [])).Health);
    }

    [Fact]
    public void SpentBudgets_AreSaidWithTheTimeWhenOneIsFreeAgain()
    {
        var snapshot = Cluster(GatewayState.Ready) with
        {
            Budgets = [new EndpointBudget("a", 30, 30, 1, 1, Now.AddSeconds(40)), new EndpointBudget("b", 10, 10, 1, 1, Now.AddSeconds(25))],
        };

        var alert = Assert.Single(AlertRules.Evaluate(snapshot, []));

        Assert.Equal("No Voice Live budget left until 12:00:25.", alert.Said(Utc));
    }

    [Fact]
    public void SpentBudgetOfOneEndpoint_IsSaidWithItsOwnTime()
    {
        var snapshot = Cluster(GatewayState.Ready) with { Budgets = [new EndpointBudget("a", 30, 30, 1, 1, Now.AddSeconds(40)), new EndpointBudget("b", 3, 10, 1, 1)] };

        var alert = Assert.Single(AlertRules.Evaluate(snapshot, []));

        Assert.Equal("Voice Live endpoint a (30 new connections a minute) has no budget left until 12:00:40.", alert.Said(Utc));
    }

    [Fact]
    public void BudgetThatNoGatewayReaches_IsNoBudgetLeft()
    {
        var snapshot = Cluster(GatewayState.Ready) with { Budgets = [new EndpointBudget("a", 30, 30, 1, 1, Now.AddSeconds(40)), new EndpointBudget("gone", 0, 90, 0, 1)] };

        Assert.Contains("No Voice Live budget left until 12:00:40.", AlertRules.Evaluate(snapshot, []).Select(alert => alert.Said(Utc)));
    }

    [Theory]
    [InlineData(4, 3, 61)] // one too many: two have to leave
    [InlineData(3, 3, 60)]
    [InlineData(2, 3, null)]
    public void Budget_IsFreeAgainWhenEnoughConnectionsHaveLeftTheMinute(int taken, int perMinute, int? freeAfterSeconds)
    {
        var gateway = new GatewayView(new GatewayHeartbeat { GatewayId = "g", Capacity = 1, Endpoints = [new VoiceLiveEndpointStatus("a", perMinute, true)] }, TimeSpan.Zero, GatewayState.Ready);
        var times = new Dictionary<string, IReadOnlyList<DateTimeOffset>> { ["a"] = [.. Enumerable.Range(0, taken).Select(i => Now.AddSeconds(i))] };

        var budget = Assert.Single(SnapshotReader.BudgetsOf([gateway], times));

        Assert.Equal(taken, budget.Used);
        Assert.Equal(freeAfterSeconds is { } seconds ? Now.AddSeconds(seconds) : null, budget.FreeAt);
    }

    [Fact]
    public void ManyFailedCalls_AreAFailure()
    {
        var minute = new SeriesMinute(Now, new Dictionary<string, long> { ["offered"] = 20, ["answered"] = 12, ["failed"] = 8 });

        var alerts = AlertRules.Evaluate(Cluster(GatewayState.Ready) with { Minutes = [MinuteStats.Of(minute)] }, []);

        Assert.Equal("8 of 20 calls failed in the last 5 minutes.", Assert.Single(alerts).Text);
    }

    [Fact]
    public void AnnouncedTroubles_AreShownOnceWithTheirCountAndForgotten()
    {
        var log = new AlertLog();
        log.Add("ACS cannot reach the media address: 8581", "abc", Now);
        log.Add("ACS cannot reach the media address: 8581", "abd", Now.AddMinutes(1));

        Assert.Equal("ACS cannot reach the media address: 8581 (2 times)", Assert.Single(log.Recent(Now.AddMinutes(2))).Text);
        Assert.Empty(log.Recent(Now.AddMinutes(12)));
    }

    [Fact]
    public void AnnouncedTroubles_AreBounded()
    {
        var log = new AlertLog();
        for (var i = 0; i < 1_000; i++) log.Add($"trouble {i}", null, Now.AddMilliseconds(i));

        Assert.Equal(20, log.Recent(Now.AddSeconds(2)).Count);
    }

    private static string Utc(DateTimeOffset at) => at.ToString("HH:mm:ss", CultureInfo.InvariantCulture);

    private static ClusterSnapshot Cluster(params GatewayState[] states) => new()
    {
        Load = new ClusterLoad(1, 0, 0, 100),
        Gateways = [.. states.Select((state, i) => new GatewayView(new GatewayHeartbeat { GatewayId = $"g{i}", Capacity = 50 }, TimeSpan.Zero, state))],
    };
}
