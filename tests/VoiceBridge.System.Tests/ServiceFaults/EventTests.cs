using VoiceBridge.Simulator;
using VoiceBridge.System.Tests.Harness;

namespace VoiceBridge.System.Tests.ServiceFaults;

/// <summary>Events in shapes that are legal and unexpected.</summary>
[Collection<FaultyCalls>]
public sealed class EventTests(FaultyService service)
{
    private const string Greeting = "Thank you for calling.";

    private static readonly CallerScript Conversation =
        CallerScript.Start.WaitForAgent().Say(FaultyService.UsesTool).WaitForAgent().Dtmf("2#").WaitForAgent()
            .Say(FaultyService.WantsStory).Interrupt(TimeSpan.FromSeconds(1), FaultyService.AsksTime).WaitForAgent().Say(FaultyService.SaysGoodbye);

    private static readonly Scenario GaNames = new("ga-names", Conversation, new VoiceLiveFault { Kind = VoiceLiveFaultKind.GaNames }) { Profile = [("Greeting", Greeting)] };

    private static readonly Scenario OddFields = new("odd-fields", Conversation, new VoiceLiveFault { Kind = VoiceLiveFaultKind.OddFields }) { Profile = [("Greeting", Greeting)] };

    private static readonly Scenario OtherRate = new("other-rate", CallerScript.Silent) { AnnouncedSampleRate = 16_000 };

    internal static IEnumerable<Scenario> Scenarios => [GaNames, OddFields, OtherRate];

    [Fact]
    public Task Agent_that_speaks_with_the_events_of_ga_is_heard_and_understood() => ConversesAsync(GaNames);

    [Fact]
    public Task Agent_whose_events_are_odd_is_heard_and_understood() => ConversesAsync(OddFields);

    [Fact]
    public Task Caller_whose_audio_is_announced_at_another_rate_is_reported() => service.Calls.ToldOrLoggedAsync(OtherRate, "16000");

    private async Task ConversesAsync(Scenario scenario)
    {
        var record = await service.Calls.EndedAsync(scenario);

        var call = service.Calls[scenario];
        var spoken = service.Calls.Spoken(scenario);
        Assert.Equal([Greeting, FaultyService.ToolResult, "You pressed two."], spoken.Take(3).Select(turn => turn.Text));
        Assert.Equal([false, false, false, true, false, false], spoken.Select(turn => turn.Interrupted));
        Assert.Equal([FaultyService.Time, FaultyService.Goodbye], spoken.TakeLast(2).Select(turn => turn.Text));
        Assert.Equal("agent_ended", record.EndReason);
        // Counts are written in the background, a moment after the end.
        await service.Calls.System.RecordAsync(call, r => r is { ToolCalls: 2, Interruptions: 1, Turns: >= 9 });
    }
}
