using Microsoft.Extensions.Time.Testing;

namespace VoiceBridge.CallControl.Tests.Calls;

public sealed class RecoveryMachineTests
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(100);
    private readonly FakeTimeProvider _time = new(DateTimeOffset.Parse("2026-10-04T12:00:00Z"));
    private readonly List<(double At, RecoveryMove Move)> _moves = [];

    [Fact]
    public void Media_ThatComeBackByThemselves_NeedNothing()
    {
        var end = Climb(NoOverflow(), _ => PhoneOutcome.Done, mediaOpenAt: 2.0);

        Assert.Equal(RecoveryMove.Recovered, end);
        Assert.Equal([RecoveryMove.AskForCall], _moves.Select(m => m.Move));
        Assert.InRange(_moves[0].At, 1.5, 1.7);
    }

    [Fact]
    public void Start_ThatResumes_IsTheSecondRung()
    {
        var end = Climb(NoOverflow(), _ => PhoneOutcome.Done, mediaOpenAt: 3.0);

        Assert.Equal(RecoveryMove.Recovered, end);
        Assert.Equal([RecoveryMove.AskForCall, RecoveryMove.StartMedia], _moves.Select(m => m.Move));
        Assert.InRange(_moves[1].At, 2.5, 2.9);
    }

    [Fact]
    public void Call_ThatIsGone_IsOver()
    {
        var end = Climb(NoOverflow(), move => move is RecoveryMove.AskForCall ? PhoneOutcome.Gone : PhoneOutcome.Done);

        Assert.Equal(RecoveryMove.Over, end);
        Assert.Equal([RecoveryMove.AskForCall], _moves.Select(m => m.Move));
    }

    [Fact]
    public void Call_WhoseEndIsHeardOfMeanwhile_IsOver()
    {
        Assert.Equal(RecoveryMove.Over, Climb(NoOverflow(), _ => PhoneOutcome.Done, overAt: 1.0));
        Assert.Empty(_moves);
    }

    [Fact]
    public void Start_AcceptedButNothingComes_EndsWithinTheLimit()
    {
        Climb(NoOverflow(), _ => PhoneOutcome.Done);

        Assert.Equal(
            [RecoveryMove.AskForCall, RecoveryMove.StartMedia, RecoveryMove.StopMedia, RecoveryMove.StartMedia],
            _moves.Take(4).Select(m => m.Move));
        Assert.Equal(RecoveryMove.HangUp, _moves[^1].Move);
        Assert.True(_moves[^1].At <= 15);
    }

    [Fact]
    public void Start_RefusedThreeTimes_HangsUpWithoutWaitingForTheLimit()
    {
        Climb(NoOverflow(), move => move is RecoveryMove.StartMedia ? PhoneOutcome.Refused : PhoneOutcome.Done);

        Assert.Equal(3, _moves.Count(m => m.Move is RecoveryMove.StartMedia));
        Assert.Equal(RecoveryMove.HangUp, _moves[^1].Move);
        Assert.True(_moves[^1].At < 8);
    }

    [Fact]
    public void Overflow_IsAskedBeforeTheLimit_AndMayRing()
    {
        var plan = WithOverflow();

        Climb(plan, _ => PhoneOutcome.Done);

        Assert.Equal([RecoveryMove.SendToOverflow, RecoveryMove.HangUp], _moves.TakeLast(2).Select(m => m.Move));
        Assert.True(_moves[^2].At <= 15);
        Assert.InRange(_moves[^1].At - _moves[^2].At, plan.Leaving.TotalSeconds - 0.2, plan.Leaving.TotalSeconds + 0.2);
    }

    [Fact]
    public void Overflow_ThatDoesNotAccept_IsFollowedByAHangUpAtOnce()
    {
        Climb(WithOverflow(), _ => PhoneOutcome.Done, transfer: seconds => seconds > 20 ? TransferSight.OverflowFailed : TransferSight.None);

        Assert.Equal([RecoveryMove.SendToOverflow, RecoveryMove.HangUp], _moves.TakeLast(2).Select(m => m.Move));
        Assert.InRange(_moves[^1].At, 20, 20.3);
    }

    [Fact]
    public void Overflow_ThatWasAskedForAlready_IsOnlyWaitedFor()
    {
        Climb(WithOverflow(), _ => PhoneOutcome.Done, transfer: seconds => seconds > 5 ? TransferSight.OverflowFailed : TransferSight.ToOverflow);

        Assert.Equal([RecoveryMove.HangUp], _moves.Select(m => m.Move));
        Assert.InRange(_moves[0].At, 5, 5.3);
    }

    [Fact]
    public void Overflow_ThatHasFailedAlready_IsNotAskedAgain()
    {
        Climb(WithOverflow(), _ => PhoneOutcome.Done, transfer: _ => TransferSight.OverflowFailed);

        Assert.Equal([RecoveryMove.HangUp], _moves.Select(m => m.Move));
    }

    [Fact]
    public void Overflow_ThatFailsWhenAnAgentIsThereAfterAll_EndsNothing()
    {
        var end = Climb(WithOverflow(), _ => PhoneOutcome.Done, mediaOpenAt: 4, transfer: seconds => seconds > 5 ? TransferSight.OverflowFailed : TransferSight.ToOverflow);

        Assert.Equal(RecoveryMove.Recovered, end);
        Assert.Empty(_moves);
    }

    [Fact]
    public void Outage_IsFollowedByATry()
    {
        Climb(NoOverflow(), move => move is RecoveryMove.HangUp ? PhoneOutcome.Done : PhoneOutcome.Unavailable, known: seconds => seconds is < 3 or > 18);

        Assert.Contains(_moves, m => m.Move is RecoveryMove.StartMedia && m.At > 18);
        Assert.Equal(RecoveryMove.HangUp, _moves[^1].Move);
    }

    [Fact]
    public void TransferOfTheAgent_IsWaitedFor_AndTheCallTakenBackWhenNobodyAccepts()
    {
        var end = Climb(
            NoOverflow(), _ => PhoneOutcome.Done, mediaOpenAt: 25, transfer: seconds => seconds > 20 ? TransferSight.AgentsFailed : TransferSight.ByAgent);

        Assert.Equal(RecoveryMove.Recovered, end);
        Assert.Equal([RecoveryMove.AskForCall, RecoveryMove.StartMedia], _moves.Select(m => m.Move).Take(2));
        Assert.InRange(_moves[0].At, 20, 20.3);
    }

    [Fact]
    public void Unknown_StartsMedia_ButCutsNothing_UntilGatewaysHaveHadTheTimeToSpeak()
    {
        var end = Climb(NoOverflow(), _ => PhoneOutcome.Done, mediaOpenAt: 22, known: seconds => seconds is < 1 or > 18);

        Assert.Equal(RecoveryMove.Recovered, end);
        Assert.Equal([RecoveryMove.AskForCall, RecoveryMove.StartMedia], _moves.Select(m => m.Move));
    }

    [Fact]
    public void Unknown_ForTooLong_EndsAllTheSame()
    {
        Climb(NoOverflow(), _ => PhoneOutcome.Done, known: seconds => seconds < 1);

        Assert.Equal(RecoveryMove.HangUp, _moves[^1].Move);
        Assert.True(_moves[^1].At < 42);
    }

    [Fact]
    public void Media_ThatOpenWhenTheLimitIsReached_AreNotHungUp()
    {
        Assert.Equal(RecoveryMove.Recovered, Climb(NoOverflow(), _ => PhoneOutcome.Done, mediaOpenAt: 13.5));
        Assert.DoesNotContain(_moves, m => m.Move is RecoveryMove.HangUp);
    }

    [Fact]
    public void Overflow_ThatIsRefused_IsFollowedByAHangUpAtOnce()
    {
        Climb(WithOverflow(), move => move is RecoveryMove.SendToOverflow ? PhoneOutcome.Refused : PhoneOutcome.Done);

        Assert.Equal(RecoveryMove.HangUp, _moves[^1].Move);
        Assert.True(_moves[^1].At - _moves[^2].At < 0.5);
    }

    [Fact]
    public void Service_ThatIsUnavailable_IsAskedOnUntilTheLimit_ThenGivenUp()
    {
        var end = Climb(NoOverflow(), _ => PhoneOutcome.Unavailable);

        Assert.Equal(RecoveryMove.Abandoned, end);
        Assert.True(_moves.Count(m => m.Move is RecoveryMove.StartMedia) > 5);
        Assert.Equal(2, _moves.Count(m => m.Move is RecoveryMove.HangUp));
    }

    [Fact]
    public void Loss_ThatIsLongAgo_IsTriedToMendAllTheSame()
    {
        Climb(NoOverflow(), _ => PhoneOutcome.Done, lostBefore: TimeSpan.FromMinutes(1));

        Assert.Equal([RecoveryMove.AskForCall, RecoveryMove.StartMedia], _moves.Select(m => m.Move).Take(2));
        Assert.Equal(RecoveryMove.HangUp, _moves[^1].Move);
        Assert.True(_moves[^1].At < 7);
    }

    private static RecoveryPlan WithOverflow() => new(TimeSpan.FromSeconds(15), HasOverflow: true);

    private static RecoveryPlan NoOverflow() => new(TimeSpan.FromSeconds(15), HasOverflow: false);

    /// <summary>Goes down the ladder, 100 ms of fake time per look, until it ends.</summary>
    private RecoveryMove Climb(
        RecoveryPlan plan, Func<RecoveryMove, PhoneOutcome> outcome, double mediaOpenAt = double.MaxValue, double overAt = double.MaxValue,
        TimeSpan lostBefore = default, Func<double, TransferSight>? transfer = null, Func<double, bool>? known = null)
    {
        var start = _time.GetUtcNow();
        var machine = new RecoveryMachine(plan, start - lostBefore, start);
        for (var looks = 0; looks < 1000; looks++)
        {
            var seconds = (_time.GetUtcNow() - start).TotalSeconds;
            var sight = new CallMediaStatus(seconds >= overAt, seconds >= mediaOpenAt, transfer?.Invoke(seconds) ?? TransferSight.None, known?.Invoke(seconds) ?? true);
            var move = machine.Next(sight, _time.GetUtcNow());
            if (move is RecoveryMove.Recovered or RecoveryMove.Over or RecoveryMove.Abandoned) return move;
            if (move is not RecoveryMove.Wait)
            {
                _moves.Add((seconds, move));
                if (machine.Done(move, outcome(move), callEnded: false, _time.GetUtcNow())) return RecoveryMove.Over;
            }

            _time.Advance(Tick);
        }

        throw new InvalidOperationException("The ladder does not end.");
    }
}
