using VoiceBridge.Cluster.Calls;

namespace VoiceBridge.CallControl.Tests.Calls;

public sealed class RecoveryLadderTests
{
    private static readonly DateTimeOffset Start = DateTimeOffset.Parse("2026-10-04T12:00:00Z", System.Globalization.CultureInfo.InvariantCulture);
    private readonly JumpingTime _time = new(Start);
    private readonly List<(double At, RecoveryMove Move)> _moves = [];
    private RecoveryPosition? _position;

    [Fact]
    public async Task Media_ThatComeBackByThemselves_NeedNothing()
    {
        var end = await RunAsync(NoOverflow(), _ => PhoneOutcome.Done, mediaOpenAt: 2.0);

        Assert.Equal(RecoveryResult.Recovered, end);
        Assert.Equal([RecoveryMove.AskForCall], _moves.Select(m => m.Move));
        Assert.InRange(_moves[0].At, 1.5, 1.7);
    }

    [Fact]
    public async Task Start_ThatResumes_IsTheSecondRung()
    {
        var end = await RunAsync(NoOverflow(), _ => PhoneOutcome.Done, mediaOpenAt: 3.0);

        Assert.Equal(RecoveryResult.Recovered, end);
        Assert.Equal([RecoveryMove.AskForCall, RecoveryMove.StartMedia], _moves.Select(m => m.Move));
        Assert.InRange(_moves[1].At, 2.5, 2.9);
    }

    [Fact]
    public async Task Call_ThatIsGone_IsOver()
    {
        var end = await RunAsync(NoOverflow(), move => move is RecoveryMove.AskForCall ? PhoneOutcome.Gone : PhoneOutcome.Done);

        Assert.Equal(RecoveryResult.Gone, end);
        Assert.Equal([RecoveryMove.AskForCall], _moves.Select(m => m.Move));
    }

    [Fact]
    public async Task Call_WhoseEndIsHeardOfMeanwhile_IsOver()
    {
        Assert.Equal(RecoveryResult.Ended, await RunAsync(NoOverflow(), _ => PhoneOutcome.Done, overAt: 1.0));
        Assert.Empty(_moves);
    }

    [Fact]
    public async Task Start_AcceptedButNothingComes_EndsWithinTheLimit()
    {
        await RunAsync(NoOverflow(), _ => PhoneOutcome.Done);

        Assert.Equal(
            [RecoveryMove.AskForCall, RecoveryMove.StartMedia, RecoveryMove.StopMedia, RecoveryMove.StartMedia],
            _moves.Take(4).Select(m => m.Move));
        Assert.Equal(RecoveryMove.HangUp, _moves[^1].Move);
        Assert.True(_moves[^1].At <= 15);
    }

    [Fact]
    public async Task Start_AfterWhichTheSocketCannotBeOpened_IsTriedAgainAndAgain_WithoutAStop()
    {
        await RunAsync(NoOverflow(), _ => PhoneOutcome.Done, failsAfter: 0.3);

        Assert.DoesNotContain(_moves, m => m.Move is RecoveryMove.StopMedia);
        var starts = _moves.Where(m => m.Move is RecoveryMove.StartMedia).Select(m => m.At).ToList();
        Assert.InRange(starts.Count, 7, 9);
        // Less and less often: where no gateway lives, all calls ask.
        Assert.All(starts.Zip(starts.Skip(1)), pair => Assert.InRange(pair.Second - pair.First, 0.5, 1.8));
        Assert.Equal(RecoveryMove.HangUp, _moves[^1].Move);
        Assert.True(_moves[^1].At <= 15);
    }

    [Fact]
    public async Task Socket_ThatHasFailedAlready_IsNotWaitedFor()
    {
        var plan = NoOverflow() with { Reconnecting = TimeSpan.FromSeconds(3) };

        await RunAsync(plan, _ => PhoneOutcome.Done, failedAt: 0.1);

        Assert.Equal(
            [RecoveryMove.AskForCall, RecoveryMove.StartMedia, RecoveryMove.StopMedia, RecoveryMove.StartMedia],
            _moves.Take(4).Select(m => m.Move));
        Assert.InRange(_moves[1].At, 1.5, 2.5);
        // The start after it has not failed: it is waited for as ever.
        Assert.InRange(_moves[2].At - _moves[1].At, plan.Opening.TotalSeconds, plan.Opening.TotalSeconds + 0.4);
    }

    [Fact]
    public async Task Start_RefusedThreeTimes_HangsUpWithoutWaitingForTheLimit()
    {
        await RunAsync(NoOverflow(), move => move is RecoveryMove.StartMedia ? PhoneOutcome.Refused : PhoneOutcome.Done);

        Assert.Equal(3, _moves.Count(m => m.Move is RecoveryMove.StartMedia));
        Assert.Equal(RecoveryMove.HangUp, _moves[^1].Move);
        Assert.True(_moves[^1].At < 8);
    }

    [Fact]
    public async Task Overflow_IsAskedBeforeTheLimit_AndMayRing()
    {
        var plan = WithOverflow();

        await RunAsync(plan, _ => PhoneOutcome.Done);

        Assert.Equal([RecoveryMove.SendToOverflow, RecoveryMove.HangUp], _moves.TakeLast(2).Select(m => m.Move));
        Assert.True(_moves[^2].At <= 15);
        Assert.InRange(_moves[^1].At - _moves[^2].At, plan.Leaving.TotalSeconds - 0.2, plan.Leaving.TotalSeconds + 0.2);
    }

    [Fact]
    public async Task Overflow_ThatDoesNotAccept_IsFollowedByAHangUpAtOnce()
    {
        await RunAsync(WithOverflow(), _ => PhoneOutcome.Done, transfer: seconds => seconds > 20 ? Overflow(failed: true) : null);

        Assert.Equal([RecoveryMove.SendToOverflow, RecoveryMove.HangUp], _moves.TakeLast(2).Select(m => m.Move));
        Assert.InRange(_moves[^1].At, 20, 20.3);
    }

    [Fact]
    public async Task Overflow_ThatWasAskedForAlready_IsOnlyWaitedFor()
    {
        await RunAsync(WithOverflow(), _ => PhoneOutcome.Done, transfer: seconds => seconds > 5 ? Overflow(failed: true) : Overflow());

        Assert.Equal([RecoveryMove.HangUp], _moves.Select(m => m.Move));
        Assert.InRange(_moves[0].At, 5, 5.3);
    }

    [Fact]
    public async Task Overflow_ThatHasFailedAlready_IsNotAskedAgain()
    {
        await RunAsync(WithOverflow(), _ => PhoneOutcome.Done, transfer: _ => Overflow(failed: true));

        Assert.Equal([RecoveryMove.HangUp], _moves.Select(m => m.Move));
    }

    [Fact]
    public async Task Overflow_ThatFailsWhenAnAgentIsThereAfterAll_EndsNothing()
    {
        var end = await RunAsync(WithOverflow(), _ => PhoneOutcome.Done, mediaOpenAt: 4, transfer: seconds => seconds > 5 ? Overflow(failed: true) : Overflow());

        Assert.Equal(RecoveryResult.Recovered, end);
        Assert.Empty(_moves);
    }

    [Fact]
    public async Task Outage_IsFollowedByATry()
    {
        await RunAsync(NoOverflow(), move => move is RecoveryMove.HangUp ? PhoneOutcome.Done : PhoneOutcome.Unavailable, known: seconds => seconds is < 3 or > 18);

        Assert.Contains(_moves, m => m.Move is RecoveryMove.StartMedia && m.At > 18);
        Assert.Equal(RecoveryMove.HangUp, _moves[^1].Move);
    }

    [Fact]
    public async Task TransferOfTheAgent_IsWaitedFor_AndTheCallTakenBackWhenNobodyAccepts()
    {
        var end = await RunAsync(
            NoOverflow(), _ => PhoneOutcome.Done, mediaOpenAt: 25, transfer: seconds => seconds > 20 ? Agents(failed: true) : Agents());

        Assert.Equal(RecoveryResult.Recovered, end);
        Assert.Equal([RecoveryMove.AskForCall, RecoveryMove.StartMedia], _moves.Select(m => m.Move).Take(2));
        Assert.InRange(_moves[0].At, 20, 20.3);
    }

    [Fact]
    public async Task Unknown_StartsMedia_ButCutsNothing_UntilGatewaysHaveHadTheTimeToSpeak()
    {
        var end = await RunAsync(NoOverflow(), _ => PhoneOutcome.Done, mediaOpenAt: 22, known: seconds => seconds is < 1 or > 18);

        Assert.Equal(RecoveryResult.Recovered, end);
        Assert.Equal([RecoveryMove.AskForCall, RecoveryMove.StartMedia], _moves.Select(m => m.Move));
    }

    [Fact]
    public async Task Unknown_ForTooLong_EndsAllTheSame()
    {
        await RunAsync(NoOverflow(), _ => PhoneOutcome.Done, known: seconds => seconds < 1);

        Assert.Equal(RecoveryMove.HangUp, _moves[^1].Move);
        Assert.True(_moves[^1].At < 42);
    }

    [Fact]
    public async Task Media_ThatOpenWhenTheLimitIsReached_AreNotHungUp()
    {
        Assert.Equal(RecoveryResult.Recovered, await RunAsync(NoOverflow(), _ => PhoneOutcome.Done, mediaOpenAt: 13.5));
        Assert.DoesNotContain(_moves, m => m.Move is RecoveryMove.HangUp);
    }

    [Fact]
    public async Task Overflow_ThatIsRefused_IsFollowedByAHangUpAtOnce()
    {
        await RunAsync(WithOverflow(), move => move is RecoveryMove.SendToOverflow ? PhoneOutcome.Refused : PhoneOutcome.Done);

        Assert.Equal(RecoveryMove.HangUp, _moves[^1].Move);
        Assert.True(_moves[^1].At - _moves[^2].At < 0.5);
    }

    [Fact]
    public async Task Service_ThatIsUnavailable_IsAskedOnUntilTheLimit_ThenGivenUp()
    {
        var end = await RunAsync(NoOverflow(), _ => PhoneOutcome.Unavailable);

        Assert.Equal(RecoveryResult.HangUpFailed, end);
        Assert.True(_moves.Count(m => m.Move is RecoveryMove.StartMedia) > 5);
        Assert.Equal(2, _moves.Count(m => m.Move is RecoveryMove.HangUp));
    }

    [Fact]
    public async Task Loss_ThatIsLongAgo_IsTriedToMendAllTheSame()
    {
        await RunAsync(NoOverflow(), _ => PhoneOutcome.Done, lostBefore: TimeSpan.FromMinutes(1));

        Assert.Equal([RecoveryMove.AskForCall, RecoveryMove.StartMedia], _moves.Select(m => m.Move).Take(2));
        Assert.Equal(RecoveryMove.HangUp, _moves[^1].Move);
        Assert.True(_moves[^1].At < 7);
    }

    [Fact]
    public async Task Replica_ThatTakesOver_GoesOnWhereTheOtherStopped()
    {
        await RunAsync(NoOverflow(), _ => PhoneOutcome.Done);
        var undisturbed = _moves.Select(m => m.Move).ToList();
        _moves.Clear();
        _position = null;
        _time.Reset(Start);

        // Twenty replicas die, each at its third look: the first of them settle, the last wait for what was started.
        for (var replica = 0; replica < 20; replica++) Assert.Null(await RunAsync(NoOverflow(), _ => PhoneOutcome.Done, dies: 3, since: Start));
        var end = await RunAsync(NoOverflow(), _ => PhoneOutcome.Done, since: Start);

        Assert.Equal(RecoveryResult.Ended, end);
        // One that died between a stop and the start after it has the stop repeated, which does no harm.
        var moves = _moves.Where((m, i) => i == 0 || m.Move != _moves[i - 1].Move).Select(m => m.Move);
        Assert.Equal(undisturbed[..4], moves.Take(4));
        Assert.Single(_moves, m => m.Move is RecoveryMove.AskForCall);
        Assert.Equal(RecoveryMove.HangUp, _moves[^1].Move);
    }

    [Fact]
    public async Task Refusals_AreCountedOver_ByTheReplicaThatTakesOver()
    {
        _position = new RecoveryPosition(RecoveryStep.Pausing, Refusals: 2, Start, Start);

        await RunAsync(NoOverflow(), move => move is RecoveryMove.StartMedia ? PhoneOutcome.Refused : PhoneOutcome.Done);

        Assert.Equal([RecoveryMove.StopMedia, RecoveryMove.StartMedia, RecoveryMove.HangUp], _moves.Select(m => m.Move));
    }

    [Fact]
    public async Task Number_ThatRings_IsWaitedForFromWhenItWasAsked_WhoeverTakesOver()
    {
        var plan = WithOverflow();
        _time.Reset(Start.AddSeconds(20));

        await RunAsync(plan, _ => PhoneOutcome.Done, transfer: _ => Overflow(), since: Start);

        Assert.Equal([RecoveryMove.HangUp], _moves.Select(m => m.Move));
        Assert.InRange(_moves[0].At, plan.Leaving.TotalSeconds, plan.Leaving.TotalSeconds + 0.3);
    }

    private static RecoveryPlan WithOverflow() => new(TimeSpan.FromSeconds(15), HasOverflow: true);

    private static RecoveryPlan NoOverflow() => new(TimeSpan.FromSeconds(15), HasOverflow: false);

    private static CallTransfer Overflow(bool failed = false) => new(ToOverflow: true, failed, Accepted: false, "no_agent", Start);

    private static CallTransfer Agents(bool failed = false) => new(ToOverflow: false, failed, Accepted: false, "", Start);

    /// <summary>Takes a call down the ladder, until it ends or the replica dies (null). Times are seconds since <paramref name="since"/> (now).</summary>
    private async Task<RecoveryResult?> RunAsync(
        RecoveryPlan plan, Func<RecoveryMove, PhoneOutcome> outcome, double mediaOpenAt = double.MaxValue, double overAt = double.MaxValue,
        TimeSpan lostBefore = default, Func<double, CallTransfer?>? transfer = null, Func<double, bool>? known = null, int dies = int.MaxValue, DateTimeOffset? since = null,
        double? failedAt = null, double? failsAfter = null)
    {
        var start = since ?? _time.GetUtcNow();
        using var stopping = new CancellationTokenSource();
        var (looks, sent) = (0, (CallTransfer?)null);
        var lost = new CallRecord
        {
            CallId = "call", CorrelationId = "", State = CallState.Connected, Generation = 1, MediaLostAt = start - lostBefore, Recovery = _position,
        };
        var call = new FakeCall(
            () =>
            {
                if (++looks == dies) stopping.Cancel();
                Assert.True(looks < 1000, "The ladder does not end.");
                var seconds = Seconds();
                if (known?.Invoke(seconds) == false) return null;
                var record = lost with
                {
                    Transfer = transfer?.Invoke(seconds) ?? sent, State = seconds >= overAt ? CallState.Ended : CallState.Connected,
                    MediaFailedAt = failedAt <= seconds ? start.AddSeconds(failedAt.Value) : null,
                };
                return seconds >= mediaOpenAt ? record with { Media = MediaState.Open, Generation = 2, MediaLostAt = null } : record;
            },
            move =>
            {
                _moves.Add((Seconds(), move));
                if (move is RecoveryMove.StartMedia && failsAfter is { } after) failedAt = Seconds() + after;
                var came = outcome(move);
                if (move is RecoveryMove.SendToOverflow) sent = Overflow(failed: came is not PhoneOutcome.Done) with { At = _time.GetUtcNow() };
                return came;
            },
            position => _position = position);
        try
        {
            return await new RecoveryLadder(plan, call, lost, _time, stopping.Token).RunAsync();
        }
        catch (OperationCanceledException)
        {
            return null;
        }

        double Seconds() => (_time.GetUtcNow() - start).TotalSeconds;
    }

    private sealed class FakeCall(Func<CallRecord?> read, Func<RecoveryMove, PhoneOutcome> act, Action<RecoveryPosition> write) : ILostCall
    {
        public Task<CallRecord?> ReadAsync() => Task.FromResult(read());

        public Task<PhoneOutcome> DoAsync(RecoveryMove move) => Task.FromResult(act(move));

        public Task WriteAsync(RecoveryPosition position)
        {
            write(position);
            return Task.CompletedTask;
        }
    }

    /// <summary>Whoever waits has waited: the time is later, and nothing else has happened.</summary>
    private sealed class JumpingTime(DateTimeOffset start) : TimeProvider
    {
        private DateTimeOffset _now = start;

        public override DateTimeOffset GetUtcNow() => _now;

        public void Reset(DateTimeOffset now) => _now = now;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            _now += dueTime;
            ThreadPool.QueueUserWorkItem(_ => callback(state));
            return new Fired();
        }

        private sealed class Fired : ITimer
        {
            public bool Change(TimeSpan dueTime, TimeSpan period) => false;

            public void Dispose()
            {
                // It has fired.
            }

            public ValueTask DisposeAsync() => ValueTask.CompletedTask;
        }
    }
}
