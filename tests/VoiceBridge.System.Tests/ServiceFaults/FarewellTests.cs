using VoiceBridge.Simulator;

namespace VoiceBridge.System.Tests.ServiceFaults;

/// <summary>Callers who speak over the agent's goodbye.</summary>
[Collection<FaultyCalls>]
public sealed class FarewellTests(FaultyService service)
{
    private static readonly Scenario Bye = new("bye", CallerScript.Start.Say(FaultyService.SaysGoodbye).WaitForSpeech(TimeSpan.FromSeconds(0.3)).Say("Bye."));

    private static readonly Scenario OneMoreQuestion = new(
        "one-more-question",
        CallerScript.Start.Say(FaultyService.SaysGoodbye).WaitForSpeech(TimeSpan.FromSeconds(0.3)).Say(FaultyService.AsksTime).WaitForAgent().Say(FaultyService.SaysGoodbye));

    internal static IEnumerable<Scenario> Scenarios => [Bye, OneMoreQuestion];

    [Fact]
    public async Task Bye_over_the_goodbye_does_not_cancel_the_hang_up()
    {
        var record = await service.Calls.EndedAsync(Bye);

        Assert.Equal("agent_ended", record.EndReason);
        Assert.Single(service.Calls.Sessions(Bye).SelectMany(session => session.Items), item => item is { Type: "function_call", Name: "end_call" });
    }

    [Fact]
    public async Task Question_over_the_goodbye_is_answered_and_the_next_goodbye_ends_the_call()
    {
        var record = await service.Calls.EndedAsync(OneMoreQuestion);

        Assert.Equal("agent_ended", record.EndReason);
        Assert.Contains(service.Calls[OneMoreQuestion].Heard, turn => turn is { Text: FaultyService.Time, Interrupted: false });
        Assert.Equal((FaultyService.Goodbye, false), (service.Calls[OneMoreQuestion].Heard[^1].Text, service.Calls[OneMoreQuestion].Heard[^1].Interrupted));
    }
}
