using System.Globalization;
using VoiceBridge.Dashboard.Presentation;
using VoiceBridge.Cluster.Admission;
using VoiceBridge.Cluster.Calls;
using VoiceBridge.Cluster.Gateways;
using VoiceBridge.Dashboard.Snapshots;

namespace VoiceBridge.Dashboard.Tests.Alerts;

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
        Assert.Contains(AlertRules.Evaluate(Cluster(GatewayState.Ready, GatewayState.Draining, GatewayState.Draining), []), alert => alert.Text == "2 of 3 gateways are draining.");

    [Fact]
    public void DeadGateway_IsAWarningWhileOthersTakeCalls_AndOnlyForTenMinutes()
    {
        var dead = new GatewayView(new GatewayHeartbeat { GatewayId = "gateway-2-0123456789ab", Capacity = 50 }, TimeSpan.FromSeconds(20), GatewayState.Dead) { DiedAt = Now.AddSeconds(-20), CallsLeft = 3 };
        var cluster = Cluster(GatewayState.Ready);
        var snapshot = cluster with { At = Now, Gateways = [.. cluster.Gateways, dead] };

        var alert = Assert.Single(AlertRules.Evaluate(snapshot, []));

        Assert.Equal((Severity.Warning, "gateway-2 died with 3 calls. 1 gateway is alive."), (alert.Severity, alert.Text));
        Assert.Empty(AlertRules.Evaluate(snapshot with { At = Now.AddMinutes(11) }, []));
    }

    [Fact]
    public void SpentBudgetOfOneEndpoint_IsSaidWithItsOwnTime()
    {
        var snapshot = Cluster(GatewayState.Ready) with { Budgets = [new EndpointBudget("a", 30, 30, 1, 1, Now.AddSeconds(40)), new EndpointBudget("b", 3, 10, 1, 1)] };

        var alert = Assert.Single(AlertRules.Evaluate(snapshot, []));

        Assert.Equal((Severity.Warning, "Voice Live endpoint a (30 new connections a minute) has no budget left until 12:00:40."), (alert.Severity, alert.Said(Utc)));
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
    public void Cause_OfTheVerdict_IsNoAlertBesides()
    {
        var snapshot = Cluster(GatewayState.Dead) with { At = Now, Load = new ClusterLoad(0, 0, 0, 0) };

        Assert.Equal(Severity.Critical, snapshot.Verdict.Severity);
        Assert.Empty(AlertRules.Evaluate(snapshot, []));
    }

    [Fact]
    public void UnreachableMediaAddress_IsNoAlertWhereNoGatewayIsThereToReach()
    {
        var announced = new Alert(Severity.Warning, $"The phone network (acs) {AlertRules.MediaAddress}: 8581", Now);
        var down = Cluster(GatewayState.Dead) with { At = Now, Load = new ClusterLoad(0, 0, 0, 0) };

        Assert.Empty(AlertRules.Evaluate(down, [announced]));
        Assert.Single(AlertRules.Evaluate(Cluster(GatewayState.Ready) with { At = Now }, [announced]));
    }

    [Fact]
    public void UnreachableMediaAddress_IsOverWhenACallWasHeardSince()
    {
        var announced = new Alert(Severity.Warning, $"The phone network (acs) {AlertRules.MediaAddress}: 8581.", Now);
        var heard = new CallRecord { CallId = "c", CorrelationId = "c", State = CallState.Connected, Media = MediaState.Open, FirstAudioAt = Now.AddSeconds(30) };

        var alert = Assert.Single(AlertRules.Evaluate(Cluster(GatewayState.Ready) with { At = Now.AddMinutes(1), Live = [heard] }, [announced]));

        Assert.Equal((Severity.Info, "The phone network (acs) cannot reach the media address: 8581. Over since 12:00:30."), (alert.Severity, alert.Said(Utc)));
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
