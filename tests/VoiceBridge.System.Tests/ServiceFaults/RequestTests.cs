using VoiceBridge.Simulator;

namespace VoiceBridge.System.Tests.ServiceFaults;

/// <summary>Requests for a response that are refused, lost, or met by another response: what was to be said is said.</summary>
[Collection<FaultyCalls>]
public sealed class RequestTests(FaultyService service)
{
    private const string Greeting = "Thank you for calling.";
    private const string ActiveResponse = "conversation_already_has_active_response";
    private const string Other = "One moment, please.";

    private static readonly Scenario GreetingRefused = new(
        "greeting-refused", CallerScript.Silent, new VoiceLiveFault { Kind = VoiceLiveFaultKind.RequestRefused, Times = 1 }) { Profile = [("Greeting", Greeting)] };

    private static readonly Scenario GreetingUnsupported = new(
        "greeting-unsupported", CallerScript.Silent,
        new VoiceLiveFault { Kind = VoiceLiveFaultKind.VerbatimRefused, Type = "invalid_request_error", Code = "unsupported", Param = "response.pre_generated_assistant_message" })
    {
        Profile = [("Greeting", Greeting)],
    };

    private static readonly Scenario RefusedAfterTool = new(
        "refused-after-tool", CallerScript.Start.Say(FaultyService.UsesTool), new VoiceLiveFault { Kind = VoiceLiveFaultKind.RequestRefused, Times = 1 });

    private static readonly Scenario RefusedFlatly = new(
        "refused-flatly", CallerScript.Start.Say(FaultyService.UsesTool), new VoiceLiveFault { Kind = VoiceLiveFaultKind.RequestRefused, Flat = true, Times = 1 });

    private static readonly Scenario Ignored = new(
        "ignored", CallerScript.Start.Say(FaultyService.UsesTool), new VoiceLiveFault { Kind = VoiceLiveFaultKind.RequestIgnored, Times = 1 });

    private static readonly Scenario MetByAnother = new(
        "met-by-another", CallerScript.Start.Say(FaultyService.UsesTool), new VoiceLiveFault { Kind = VoiceLiveFaultKind.RequestMetByAnother, Code = ActiveResponse, Times = 1 });

    private static readonly Scenario MetWithoutCode = new(
        "met-without-code", CallerScript.Start.Say(FaultyService.UsesTool),
        new VoiceLiveFault { Kind = VoiceLiveFaultKind.RequestMetByAnother, Code = "", Message = "Conversation already has an active response in progress.", Times = 1 });

    private static readonly Scenario MetWithoutMetadata = new(
        "met-without-metadata", CallerScript.Start.Say(FaultyService.UsesTool),
        new VoiceLiveFault { Kind = VoiceLiveFaultKind.RequestMetByAnother, Code = ActiveResponse, Times = 1 }, new VoiceLiveFault { Kind = VoiceLiveFaultKind.MetadataNotEchoed });

    private static readonly Scenario GoodbyeMetByAnother = new(
        "goodbye-met-by-another", CallerScript.Start.Say(FaultyService.SaysGoodbye), new VoiceLiveFault { Kind = VoiceLiveFaultKind.RequestMetByAnother, Code = ActiveResponse, Times = 1 });

    private static readonly Scenario InFlightAtSpeech = new(
        "in-flight-at-speech", CallerScript.Start.Say(FaultyService.UsesTool).Silence(TimeSpan.FromSeconds(2.5)).Say(FaultyService.AsksTime),
        new VoiceLiveFault { Kind = VoiceLiveFaultKind.RequestInFlightAtSpeech, Said = FaultyService.UsesTool, Times = 1 });

    internal static IEnumerable<Scenario> Scenarios =>
    [
        GreetingRefused, GreetingUnsupported, RefusedAfterTool, RefusedFlatly, Ignored, MetByAnother, MetWithoutCode, MetWithoutMetadata, GoodbyeMetByAnother,
        InFlightAtSpeech,
    ];

    [Fact]
    public Task Greeting_that_is_refused_is_asked_for_again() => service.Calls.HearsAsync(GreetingRefused, Greeting);

    [Fact]
    public async Task Greeting_that_the_model_cannot_say_word_by_word_is_said_in_other_words() =>
        await service.Calls.HeardAsync(GreetingUnsupported, heard => heard.Count > 0, "a greeting");

    [Fact]
    public Task Tools_result_is_told_though_the_first_request_is_refused() => service.Calls.HearsAsync(RefusedAfterTool, FaultyService.ToolResult);

    [Fact]
    public Task Tools_result_is_told_though_the_refusal_has_its_members_at_the_top() => service.Calls.HearsAsync(RefusedFlatly, FaultyService.ToolResult);

    [Fact]
    public Task Tools_result_is_told_though_the_first_request_is_lost() => service.Calls.HearsAsync(Ignored, FaultyService.ToolResult);

    [Fact]
    public Task Tools_result_is_told_after_a_response_of_the_services_own() => service.Calls.HearsAsync(MetByAnother, Other, FaultyService.ToolResult);

    [Fact]
    public Task Tools_result_is_told_though_only_the_message_says_why_it_was_refused() => service.Calls.HearsAsync(MetWithoutCode, Other, FaultyService.ToolResult);

    [Fact]
    public Task Tools_result_is_told_though_nothing_says_whose_the_response_is() => service.Calls.HearsAsync(MetWithoutMetadata, Other, FaultyService.ToolResult);

    [Fact]
    public async Task Goodbye_is_said_before_the_call_ends_though_the_service_spoke_first()
    {
        var record = await service.Calls.EndedAsync(GoodbyeMetByAnother);

        Assert.Equal([Other, FaultyService.Goodbye], service.Calls.Spoken(GoodbyeMetByAnother).Select(turn => turn.Text));
        Assert.Equal("agent_ended", record.EndReason);
    }

    [Fact]
    public async Task Response_that_was_on_its_way_when_the_caller_began_is_not_spoken_over_them()
    {
        await service.Calls.HeardAsync(InFlightAtSpeech, turns => turns.Any(turn => turn.Text == FaultyService.Time), "the caller's own answer");

        var said = service.Calls[InFlightAtSpeech].Said[1];
        Assert.DoesNotContain(service.Calls.Spoken(InFlightAtSpeech), turn => turn.StartedAt > said.StartedAt && turn.StartedAt < said.StartedAt + said.Length);
    }
}
