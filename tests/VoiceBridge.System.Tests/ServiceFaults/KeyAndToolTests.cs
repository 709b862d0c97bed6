using VoiceBridge.Simulator;

namespace VoiceBridge.System.Tests.ServiceFaults;

/// <summary>Keys and tools where models and callers do what they do in life.</summary>
[Collection<FaultyCalls>]
public sealed class KeyAndToolTests(FaultyService service)
{
    private static readonly Scenario KeyDuringStory = new(
        "key-during-story", CallerScript.Start.Say(FaultyService.WantsStory).WaitForSpeech(TimeSpan.FromSeconds(1.5)).Dtmf("1#"));

    private static readonly Scenario NullArguments = new("null-arguments", CallerScript.Start.Say("It gets null."));

    internal static IEnumerable<Scenario> Scenarios => [KeyDuringStory, NullArguments];

    [Fact]
    public async Task Key_interrupts_the_agent_as_speech_does()
    {
        await service.Calls.HeardAsync(KeyDuringStory, _ => service.Calls.Spoken(KeyDuringStory).Count >= 2, "the answer to the key");

        Assert.Equal((true, "You pressed one."), (service.Calls.Spoken(KeyDuringStory)[0].Interrupted, service.Calls.Spoken(KeyDuringStory)[1].Text));
        Assert.Equal(0, service.Calls[KeyDuringStory].Stats.FramesAfterStop);
    }

    [Fact]
    public Task Tool_without_parameters_takes_null_for_no_arguments() => service.Calls.HearsAsync(NullArguments, FaultyService.ToolResult);
}
