using System.Net.WebSockets;
using VoiceBridge.Simulator;

namespace VoiceBridge.System.Tests.ServiceFaults;

/// <summary>Sessions that end in the middle of something, or do not end.</summary>
[Collection<FaultyCalls>]
public sealed class SessionTests(FaultyService service)
{
    private const string LongQuestion = "I would like to tell you something about my day before I ask you what I really want to know, and that is this: What time is it?";

    // The question begins when the burst of all scenarios' first rings is over: of a caller who is not known to speak half a second is kept, and a detector whose word
    // comes later than that, on a machine that is just too busy, is another story.
    private static readonly Scenario DiesUnderCaller = new(
        "dies-under-caller", CallerScript.Start.Silence(TimeSpan.FromSeconds(5)).Say(LongQuestion),
        new VoiceLiveFault { Kind = VoiceLiveFaultKind.SessionKilled, After = TimeSpan.FromSeconds(8), Times = 1 });

    private static readonly Scenario ClosedWithStatus = new(
        "closed-with-status", CallerScript.Silent,
        new VoiceLiveFault { Kind = VoiceLiveFaultKind.SessionKilled, After = TimeSpan.FromSeconds(1), CloseStatus = WebSocketCloseStatus.InternalServerError, Times = 1 });

    private static readonly Scenario ExpiredFromTheStart = new(
        "expired-from-the-start", CallerScript.Start.Say(FaultyService.AsksTime).WaitForAgent().Silence(TimeSpan.FromSeconds(5)).HangUp(),
        new VoiceLiveFault { Kind = VoiceLiveFaultKind.ExpiryMoved, After = TimeSpan.FromMinutes(-1) });

    private static readonly Scenario DoesNotClose = new(
        "does-not-close", CallerScript.Silent,
        new VoiceLiveFault { Kind = VoiceLiveFaultKind.ExpiryMoved, After = TimeSpan.FromSeconds(6), Times = 1 }, new VoiceLiveFault { Kind = VoiceLiveFaultKind.CloseIgnored });

    internal static IEnumerable<Scenario> Scenarios => [DiesUnderCaller, ClosedWithStatus, ExpiredFromTheStart, DoesNotClose];

    [Fact]
    public async Task What_the_caller_was_saying_when_the_session_died_reaches_the_next_one_whole()
    {
        await service.Calls.HearsAsync(DiesUnderCaller, FaultyService.Time);

        var sessions = service.Calls.Sessions(DiesUnderCaller);
        Assert.Equal(2, sessions.Count);
        var turn = Assert.Single(sessions[1].Items, item => item is { Role: "user", FromClient: false });
        var said = Assert.Single(service.Calls[DiesUnderCaller].Said);
        Assert.Equal(LongQuestion, turn.Text);
        // Speech begins and ends a little within what is said.
        Assert.InRange(turn.AudioMs, said.Length.TotalMilliseconds - 500, said.Length.TotalMilliseconds + 200);
    }

    [Fact]
    public Task Status_that_a_session_was_closed_with_is_told() => service.Calls.ToldOrLoggedAsync(ClosedWithStatus, "1011");

    [Fact]
    public async Task Session_that_says_it_has_expired_is_not_swapped_again_and_again()
    {
        await service.Calls.EndedAsync(ExpiredFromTheStart);

        await service.Calls.HearsAsync(ExpiredFromTheStart, FaultyService.Time);
        Assert.InRange(service.Calls.Sessions(ExpiredFromTheStart).Count, 1, 3);
    }

    [Fact]
    public async Task Session_that_was_left_and_does_not_close_is_cut_off_while_the_call_goes_on()
    {
        await service.Calls.UntilAsync(
            () => Task.FromResult(service.Calls.Sessions(DoesNotClose) is { Count: > 1 } sessions && !sessions[0].IsOpen), "the first session's end");

        Assert.Equal(SimulatedCallState.Answered, service.Calls[DoesNotClose].State);
    }
}
