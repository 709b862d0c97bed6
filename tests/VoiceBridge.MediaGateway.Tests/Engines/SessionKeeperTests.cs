using VoiceBridge.MediaGateway.Engines.VoiceLive;
using VoiceBridge.MediaGateway.Engines.VoiceLive.Protocol;

namespace VoiceBridge.MediaGateway.Tests.Engines;

public sealed class SessionKeeperTests
{
    private readonly SessionKeeper _keeper = new(TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(60));
    private DateTimeOffset _now = new(2026, 11, 28, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Call_GetsItsFirstSession()
    {
        Assert.Equal(SessionMove.Open, Assert.Single(_keeper.Begin(_now)).Move);
        var session = Open();
        Assert.Empty(_keeper.OnCreated(session, null, _now));
        Assert.Equal([SessionMove.Configure], Moves(_keeper.OnAgentReady()));
        Assert.Equal([SessionMove.Switch], Moves(_keeper.OnUpdated(session, null, _now)));
        Assert.Same(session, _keeper.Current);
        Assert.Equal(DateTimeOffset.MaxValue, _keeper.WakeAt);
    }

    [Fact]
    public void NoSessionInTime_IsGivenUp()
    {
        _keeper.Begin(_now);
        Open();
        _now = _keeper.WakeAt;
        Assert.Equal([SessionMove.GiveUp], Moves(_keeper.OnTime(_now, quiet: true)));
        Assert.Empty(_keeper.OnNotOpened("late", _now));
    }

    [Theory]
    [InlineData("server_error")]
    [InlineData("rate_limit_error")]
    [InlineData(null)]
    public void HandshakeError_ThatMayPass_GoesToAnotherEndpoint_WithinTheSameTime(string? type)
    {
        var session = Begin();
        var deadline = _keeper.WakeAt;
        _now += TimeSpan.FromSeconds(1);

        var actions = _keeper.OnHandshakeError(session, new ErrorInfo(type, "x"), _now);

        Assert.Equal([SessionMove.Abort, SessionMove.BlameEndpoint, SessionMove.Open], Moves(actions));
        Assert.Equal("east", actions[^1].Detail);
        Assert.Equal(deadline, _keeper.WakeAt);
        Assert.Empty(_keeper.OnOver(session, _now));
    }

    [Fact]
    public void HandshakeError_ThatNamesOneTool_LeavesThatToolOut()
    {
        var session = Begin();

        var actions = _keeper.OnHandshakeError(session, new ErrorInfo("invalid_request_error", "invalid_value", Param: "session.tools[1].parameters"), _now);

        Assert.Equal([SessionMove.LeaveOutTool, SessionMove.Configure], Moves(actions));
        Assert.Equal("1", actions[0].Detail);
        Assert.Equal([SessionMove.Switch], Moves(_keeper.OnUpdated(session, null, _now)));
    }

    [Fact]
    public void RefusedSettings_AreRefusedEverywhere()
    {
        var session = Begin();

        Assert.Equal([SessionMove.Abort, SessionMove.GiveUp], Moves(_keeper.OnHandshakeError(session, new ErrorInfo("invalid_request_error", Param: "session.voice"), _now)));
    }

    [Fact]
    public void LostSession_IsReplaced()
    {
        var session = Talk();
        _now += TimeSpan.FromMinutes(1);

        var actions = _keeper.OnOver(session, _now);

        Assert.Equal([SessionMove.Detach, SessionMove.Open], Moves(actions));
        Assert.Null(actions[1].Detail);
    }

    [Fact]
    public void EndpointThatKillsSessions_IsBlamedAndAvoided_AndAtLastTheCallIsGivenUp()
    {
        var session = Talk();
        for (var i = 0; i < 3; i++)
        {
            var actions = _keeper.OnOver(session, _now);
            Assert.Equal([SessionMove.Detach, SessionMove.BlameEndpoint, SessionMove.Open], Moves(actions));
            Assert.Equal("east", actions[^1].Detail);
            session = Ready(Open());
        }

        Assert.Equal([SessionMove.Detach, SessionMove.BlameEndpoint, SessionMove.GiveUp], Moves(_keeper.OnOver(session, _now)));
    }

    [Fact]
    public void ExpiringSession_IsSwappedInAPause_AndTheOldOneDoesNotStay()
    {
        var old = Talk(life: TimeSpan.FromMinutes(60));
        _now = _keeper.WakeAt;
        Assert.Equal(old.ExpiresAt - TimeSpan.FromSeconds(60), _now);
        Assert.Equal([SessionMove.Open], Moves(_keeper.OnTime(_now, quiet: false)));
        var next = Open();
        Assert.Equal([SessionMove.Configure], Moves(_keeper.OnCreated(next, null, _now)));
        Assert.Empty(_keeper.OnUpdated(next, null, _now));
        _now = _keeper.WakeAt;
        Assert.Empty(_keeper.OnTime(_now, quiet: false));
        _now = _keeper.WakeAt;
        Assert.Equal([SessionMove.Switch, SessionMove.Close], Moves(_keeper.OnTime(_now, quiet: true)));

        // Its peer does not close.
        _now = _keeper.WakeAt;
        var abort = Assert.Single(_keeper.OnTime(_now, quiet: true));
        Assert.Equal((SessionMove.Abort, old), (abort.Move, abort.Session));
    }

    [Fact]
    public void ServiceThatAnnouncesOneShortLifeAfterTheOther_IsNotBelieved()
    {
        var session = Talk(life: TimeSpan.FromSeconds(4));
        var swaps = 0;
        while (_keeper.WakeAt < DateTimeOffset.MaxValue && swaps < 20)
        {
            _now = _keeper.WakeAt;
            if (_keeper.OnTime(_now, quiet: true).All(action => action.Move != SessionMove.Open))
                continue;
            session = Ready(Open(), TimeSpan.FromSeconds(4));
            swaps++;
        }

        Assert.Equal(3, swaps);
        Assert.Same(session, _keeper.Current);
    }

    [Fact]
    public void SessionThatHasExpiredAlready_IsNotSwappedForThat()
    {
        Talk(life: TimeSpan.FromSeconds(-10));

        Assert.Equal(DateTimeOffset.MaxValue, _keeper.WakeAt);
    }

    private static IEnumerable<SessionMove> Moves(IEnumerable<SessionAction> actions) => actions.Select(action => action.Move);

    private KeptSession Open()
    {
        var session = new KeptSession("east", _now);
        _keeper.OnOpened(session);
        return session;
    }

    private KeptSession Begin()
    {
        _keeper.Begin(_now);
        _keeper.OnAgentReady();
        var session = Open();
        Assert.Equal([SessionMove.Configure], Moves(_keeper.OnCreated(session, null, _now)));
        return session;
    }

    private KeptSession Ready(KeptSession session, TimeSpan? life = null)
    {
        _keeper.OnCreated(session, life is { } time ? (_now + time).ToUnixTimeMilliseconds() / 1000.0 : null, _now);
        _keeper.OnUpdated(session, null, _now);
        if (_keeper.Current != session)
        {
            _now = _keeper.WakeAt;
            _keeper.OnTime(_now, quiet: true);
        }
        Assert.Same(session, _keeper.Current);
        return session;
    }

    private KeptSession Talk(TimeSpan? life = null)
    {
        _keeper.Begin(_now);
        _keeper.OnAgentReady();
        return Ready(Open(), life);
    }
}
