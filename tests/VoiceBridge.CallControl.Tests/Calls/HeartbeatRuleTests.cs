using Microsoft.Extensions.Time.Testing;
using VoiceBridge.Cluster.Gateways;

namespace VoiceBridge.CallControl.Tests.Calls;

public sealed class HeartbeatRuleTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly HeartbeatRule _rule;

    public HeartbeatRuleTests() => _rule = new HeartbeatRule(_time);

    [Fact]
    public void Silence_WithRedisSteadyAndCompany_CountsAsDeath()
    {
        See(12, ("a", GatewayState.Ready), ("b", GatewayState.Ready));
        See(2, ("a", GatewayState.Dead), ("b", GatewayState.Ready));

        Assert.True(_rule.CanDeclareLost("a"));
    }

    [Fact]
    public void Silence_AboutAConnection_Counts_WhenTheGatewayItselfHasBeenHeardForAWhile()
    {
        See(11, ("a", GatewayState.Ready));
        See(3, ("a", GatewayState.Ready), ("b", GatewayState.Ready));

        Assert.True(_rule.CanDeclareLost("a"));
        Assert.False(_rule.CanDeclareLost("b"));
    }

    [Fact]
    public void Silence_RightAfterAnOutageOfRedis_DoesNotCount()
    {
        See(20, ("a", GatewayState.Ready), ("b", GatewayState.Ready));
        _rule.RecordOutage();
        See(9, ("a", GatewayState.Dead), ("b", GatewayState.Ready));
        Assert.False(_rule.CanDeclareLost("a"));

        See(3, ("a", GatewayState.Dead), ("b", GatewayState.Ready));
        Assert.True(_rule.CanDeclareLost("a"));
    }

    [Fact]
    public void Silence_OfEverybody_DoesNotCount()
    {
        See(20, ("a", GatewayState.Ready), ("b", GatewayState.Ready));
        See(10, ("a", GatewayState.Dead), ("b", GatewayState.Dead));

        Assert.False(_rule.CanDeclareLost("a"));
    }

    [Fact]
    public void Silence_OfTheOnlyGateway_DoesNotCount()
    {
        See(20, ("a", GatewayState.Ready));
        See(10, ("a", GatewayState.Dead));

        Assert.False(_rule.CanDeclareLost("a"));
    }

    [Fact]
    public void Silence_AfterThisProcessWasPaused_DoesNotCount()
    {
        See(20, ("a", GatewayState.Ready), ("b", GatewayState.Ready));
        _time.Advance(TimeSpan.FromSeconds(8));
        See(1, ("a", GatewayState.Dead), ("b", GatewayState.Ready));

        Assert.False(_rule.CanDeclareLost("a"));
    }

    private void See(int seconds, params (string Id, GatewayState State)[] gateways)
    {
        for (var i = 0; i < seconds; i++)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            _rule.RecordSighting([.. gateways.Select(g => new GatewayView(new GatewayHeartbeat { GatewayId = g.Id, Capacity = 1 }, TimeSpan.Zero, g.State))]);
        }
    }
}
