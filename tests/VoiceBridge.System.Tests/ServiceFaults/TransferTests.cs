using VoiceBridge.Simulator;
using VoiceBridge.System.Tests.Harness;
using VoiceBridge.Testing;

namespace VoiceBridge.System.Tests.ServiceFaults;

/// <summary>Transfers that come to nothing.</summary>
[Collection<FaultyCalls>]
public sealed class TransferTests(FaultyService service)
{
    private static readonly (string, string)[] ToFailing = [("Transfer:Numbers:colleague", FaultyService.FailingColleague)];
    private static readonly (string, string)[] ToSlow = [("Transfer:Numbers:colleague", FaultyService.SlowColleague)];

    private static readonly Scenario Fails = new(
        "transfer-fails",
        CallerScript.Start.Say(FaultyService.WantsColleague).WaitForAgent(TimeSpan.FromSeconds(15)).Say(FaultyService.AsksTime).WaitForAgent().HangUp())
    {
        Profile = ToFailing,
    };

    private static readonly Scenario FailsThenMediaBreak = new("transfer-fails-media-break", CallerScript.Start.Say(FaultyService.WantsColleague)) { Profile = ToFailing };

    private static readonly Scenario HangsUpWhileRinging = new(
        "transfer-hang-up", CallerScript.Start.Say(FaultyService.WantsColleague).Silence(TimeSpan.FromSeconds(3)).HangUp()) { Profile = ToSlow };

    internal static IEnumerable<Scenario> Scenarios => [Fails, FailsThenMediaBreak, HangsUpWhileRinging];

    [Fact]
    public async Task Caller_whose_transfer_fails_is_back_with_the_agent_at_once()
    {
        var record = await service.Calls.EndedAsync(Fails);

        // The agent is back before the caller asks something else.
        var call = service.Calls[Fails];
        var spoken = service.Calls.Spoken(Fails);
        Assert.Equal(["I am afraid that nobody else is free right now.", FaultyService.Time], spoken.Select(turn => turn.Text));
        Assert.True(spoken[0].StartedAt < call.Said[1].StartedAt, $"The agent came back after {spoken[0].StartedAt}.");
        Assert.Equal("caller_hung_up", record.EndReason);
        var transfer = (await service.Calls.TimelineAsync(Fails)).Where(e => e.Kind.StartsWith("transfer", StringComparison.Ordinal)).Select(e => $"{e.Kind} {e.Text}").ToList();
        Assert.Contains(transfer, e => e.Contains("failed", StringComparison.Ordinal));
        Assert.DoesNotContain(transfer, e => e.Contains("accepted", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Call_whose_media_break_after_a_failed_transfer_goes_on()
    {
        var call = service.Calls[FailsThenMediaBreak];
        await service.Calls.ToldAsync(FailsThenMediaBreak, "transfer_failed");
        await service.Calls.HeardAsync(FailsThenMediaBreak, heard => heard.Count > 0 && !call.AgentSpeaking, "the agent to be back");
        call.AbortMedia();
        await Eventually.True(() => call.Stats.MediaSockets == 2 && call.MediaOpen, Systems.Deadline, "the media's return");

        call.Say(FaultyService.AsksTime);
        await Eventually.True(() => call.Heard.Any(turn => turn.Text == FaultyService.Time), Systems.Deadline, "the answer");
        await call.HangUpAsync();
        Assert.Equal("caller_hung_up", (await service.Calls.EndedAsync(FailsThenMediaBreak)).EndReason);
    }

    [Fact]
    public async Task Caller_who_hangs_up_while_the_transfer_rings_has_hung_up() =>
        Assert.Equal("caller_hung_up", (await service.Calls.EndedAsync(HangsUpWhileRinging)).EndReason);
}
