using VoiceBridge.Simulator;

namespace VoiceBridge.System.Tests.ServiceFaults;

/// <summary>Keys and tools where models and callers do what they do in life.</summary>
[Collection<FaultyCalls>]
public sealed class KeyAndToolTests(FaultyService service)
{
    private static readonly Scenario KeyDuringStory = new(
        "key-during-story", CallerScript.Start.Say(FaultyService.WantsStory).WaitForSpeech(TimeSpan.FromSeconds(1.5)).Dtmf("1#"));

    private static readonly Scenario NullArguments = new("null-arguments", CallerScript.Start.Say("It gets null."));

    private static readonly Scenario SlowTool = new("slow-tool", CallerScript.Start.Say(FaultyService.UsesSlowTool)) { Profile = [("Working:Sound", "phrase")] };

    private static readonly Scenario DiesUnderTool = new(
        "dies-under-tool", CallerScript.Start.Say(FaultyService.UsesSlowTool), new VoiceLiveFault { Kind = VoiceLiveFaultKind.SessionKilled, After = TimeSpan.FromSeconds(4), Times = 1 });

    internal static IEnumerable<Scenario> Scenarios => [KeyDuringStory, NullArguments, SlowTool, DiesUnderTool];

    [Fact]
    public async Task Key_interrupts_the_agent_as_speech_does()
    {
        await service.Calls.HeardAsync(KeyDuringStory, _ => service.Calls.Spoken(KeyDuringStory).Count >= 2, "the answer to the key");

        Assert.Equal((true, "You pressed one."), (service.Calls.Spoken(KeyDuringStory)[0].Interrupted, service.Calls.Spoken(KeyDuringStory)[1].Text));
        Assert.Equal(0, service.Calls[KeyDuringStory].Stats.FramesAfterStop);
    }

    [Fact]
    public async Task Caller_who_waits_for_a_tool_hears_that_somebody_is_at_work()
    {
        await service.Calls.HearsAsync(SlowTool, FaultyService.SlowResult);

        Assert.Contains(service.Calls[SlowTool].Heard, turn => turn.Text is null);
        Assert.Equal(0, service.Calls[SlowTool].Stats.FramesAfterStop);
    }

    [Fact]
    public async Task Result_of_a_tool_that_runs_while_its_session_dies_reaches_the_next_one_once()
    {
        await service.Calls.HearsAsync(DiesUnderTool, FaultyService.SlowResult);

        var sessions = service.Calls.Sessions(DiesUnderTool);
        Assert.Equal(2, sessions.Count);
        Assert.Equal("slow", Assert.Single(sessions[1].Items, item => item.Type == "function_call").Name);
        Assert.Single(sessions[1].Items, item => item.Type == "function_call_output");
    }

    [Fact]
    public Task Tool_without_parameters_takes_null_for_no_arguments() => service.Calls.HearsAsync(NullArguments, FaultyService.ToolResult);
}
