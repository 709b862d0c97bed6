using VoiceBridge.Simulator;

namespace VoiceBridge.System.Tests.ServiceFaults;

/// <summary>Turns of the caller that the service does not treat as it should.</summary>
[Collection<FaultyCalls>]
public sealed class TurnTests(FaultyService service)
{
    private const string Greeting = "Thank you for calling.";

    private static readonly Scenario NotAnswered = new(
        "turn-not-answered", CallerScript.Start.Say(FaultyService.AsksTime), new VoiceLiveFault { Kind = VoiceLiveFaultKind.TurnNotAnswered, Times = 1 });

    private static readonly Scenario SpokenIntoGreeting = new(
        "spoken-into-greeting", CallerScript.Start.WaitForSpeech(TimeSpan.FromSeconds(0.2)).Say(FaultyService.AsksTime),
        new VoiceLiveFault { Kind = VoiceLiveFaultKind.TurnNotAnswered, Times = 1 })
    {
        Profile = [("Greeting", Greeting)],
    };

    private static readonly Scenario StopNotSent = new(
        "stop-not-sent", CallerScript.Start.Say(FaultyService.UsesTool), new VoiceLiveFault { Kind = VoiceLiveFaultKind.SpeechStopNotSent, Times = 1 });

    private static readonly Scenario Cough = new(
        "cough", CallerScript.Start.Say(FaultyService.WantsStory).WaitForSpeech(TimeSpan.FromSeconds(2)).Noise(TimeSpan.FromSeconds(0.5)),
        new VoiceLiveFault { Kind = VoiceLiveFaultKind.TurnDropped, Said = "unrecognised" });

    private static readonly Scenario NoiseWithoutWords = new(
        "noise-without-words", Music(), new VoiceLiveFault { Kind = VoiceLiveFaultKind.TurnNotAnswered }, new VoiceLiveFault { Kind = VoiceLiveFaultKind.TurnWithoutWords })
    {
        Profile = [("Silence:AskAfter", "00:00:01"), ("Silence:AskAgainAfter", "00:00:01"), ("Silence:EndAfter", "00:00:01"), ("Silence:GoodbyeText", "Goodbye.")],
    };

    internal static IEnumerable<Scenario> Scenarios => [NotAnswered, SpokenIntoGreeting, StopNotSent, Cough, NoiseWithoutWords];

    [Fact]
    public Task Turn_that_the_service_does_not_answer_is_answered_on_request() => service.Calls.HearsAsync(NotAnswered, FaultyService.Time);

    [Fact]
    public Task What_is_said_into_a_greeting_that_is_heard_out_is_answered() => service.Calls.HearsAsync(SpokenIntoGreeting, Greeting, FaultyService.Time);

    [Fact]
    public Task Speech_whose_end_is_not_reported_ends_with_the_turn() => service.Calls.HearsAsync(StopNotSent, FaultyService.ToolResult);

    [Fact]
    public async Task Cough_does_not_swallow_the_rest_of_a_sentence()
    {
        var heard = await service.Calls.HeardAsync(Cough, turns => turns.Count >= 2, "the agent to go on");

        Assert.True(heard[0].Interrupted);
    }

    [Fact]
    public async Task Noise_without_words_does_not_hold_the_line()
    {
        var record = await service.Calls.EndedAsync(NoiseWithoutWords);

        Assert.Equal("silent", record.EndReason);
        Assert.False(service.Calls[NoiseWithoutWords].ScriptFinished, "The call ended only when the noise had.");
    }

    private static CallerScript Music()
    {
        var script = CallerScript.Start;
        for (var i = 0; i < 30; i++) script = script.Noise(TimeSpan.FromSeconds(0.6)).Silence(TimeSpan.FromSeconds(0.8));
        return script;
    }
}
