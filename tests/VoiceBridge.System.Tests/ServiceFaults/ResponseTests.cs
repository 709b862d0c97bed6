using VoiceBridge.Simulator;

namespace VoiceBridge.System.Tests.ServiceFaults;

/// <summary>Responses that bring no sound: callers hear an answer all the same, or are told and sent on.</summary>
[Collection<FaultyCalls>]
public sealed class ResponseTests(FaultyService service)
{
    private const string RateLimit = "rate_limit_exceeded";

    private static readonly Scenario FailsOnce = new(
        "fails-once", CallerScript.Start.Say(FaultyService.AsksTime), new VoiceLiveFault { Kind = VoiceLiveFaultKind.ResponseFails, Code = RateLimit, Times = 1 });

    private static readonly Scenario FailsAfterTool = new(
        "fails-after-tool", CallerScript.Start.Say(FaultyService.UsesTool), new VoiceLiveFault { Kind = VoiceLiveFaultKind.ResponseFails, Requested = true, Times = 1 });

    private static readonly Scenario GreetingFails = new(
        "greeting-fails", CallerScript.Silent, new VoiceLiveFault { Kind = VoiceLiveFaultKind.ResponseFails, Times = 1 })
    {
        Profile = [("Greeting", "Thank you for calling.")],
    };

    private static readonly Scenario[] ForEver =
    [
        AlwaysA(VoiceLiveFaultKind.ResponseFails), AlwaysA(VoiceLiveFaultKind.ResponseEmpty), AlwaysA(VoiceLiveFaultKind.ResponseTextOnly),
        AlwaysA(VoiceLiveFaultKind.RequestRefused), AlwaysA(VoiceLiveFaultKind.RequestIgnored),
    ];

    private static readonly Scenario Incomplete = new(
        "incomplete", CallerScript.Start.Say(FaultyService.AsksTime), new VoiceLiveFault { Kind = VoiceLiveFaultKind.ResponseIncomplete, Code = "content_filter", Times = 1 });

    private static readonly Scenario Empty = new(
        "empty", CallerScript.Start.Say(FaultyService.AsksTime), new VoiceLiveFault { Kind = VoiceLiveFaultKind.ResponseEmpty, Times = 1 });

    private static readonly Scenario TextOnly = new(
        "text-only", CallerScript.Start.Say(FaultyService.AsksTime), new VoiceLiveFault { Kind = VoiceLiveFaultKind.ResponseTextOnly, Requested = false });

    private static readonly Scenario NeverDone = new(
        "never-done", CallerScript.Start.Say(FaultyService.AsksTime).WaitForAgent().Dtmf("1#"),
        new VoiceLiveFault { Kind = VoiceLiveFaultKind.ResponseNeverDone, Said = FaultyService.AsksTime, Times = 1 });

    internal static IEnumerable<Scenario> Scenarios => [FailsOnce, FailsAfterTool, GreetingFails, Incomplete, Empty, TextOnly, NeverDone, .. ForEver];

    [Fact]
    public Task Answer_that_fails_is_asked_for_again() => service.Calls.HearsAsync(FailsOnce, FaultyService.Time);

    [Fact]
    public Task Tools_result_is_told_though_the_first_response_about_it_fails() => service.Calls.HearsAsync(FailsAfterTool, FaultyService.ToolResult);

    [Fact]
    public Task Greeting_that_fails_is_said_again() => service.Calls.HearsAsync(GreetingFails, "Thank you for calling.");

    [Theory]
    [InlineData(VoiceLiveFaultKind.ResponseFails)]
    [InlineData(VoiceLiveFaultKind.ResponseEmpty)]
    [InlineData(VoiceLiveFaultKind.ResponseTextOnly)]
    [InlineData(VoiceLiveFaultKind.RequestRefused)]
    [InlineData(VoiceLiveFaultKind.RequestIgnored)]
    public async Task With_every_response_the_same_failure_the_caller_hears_an_apology_and_goes_to_the_overflow_number(VoiceLiveFaultKind kind)
    {
        var scenario = ForEver.Single(s => s.Faults[0].Kind == kind);
        var record = await service.Calls.EndedAsync(scenario);

        var call = service.Calls[scenario];
        Assert.Equal($"transferred to {FaultyService.Overflow}", call.EndReason);
        Assert.Equal("overflow", record.EndReason);
        Assert.NotEmpty(call.Heard);
        // "Your service does not work" is not "you are silent".
        Assert.DoesNotContain(await service.Calls.TimelineAsync(scenario), e => e.Kind == "silence");
        Assert.True(record.EndedAt - record.ConnectedAt < TimeSpan.FromSeconds(20), $"The caller waited {record.EndedAt - record.ConnectedAt}.");
        if (kind is VoiceLiveFaultKind.ResponseFails or VoiceLiveFaultKind.RequestRefused) await service.Calls.ToldAsync(scenario, RateLimit);
    }

    [Fact]
    public async Task Filtered_answer_is_not_met_with_silence()
    {
        await service.Calls.HeardAsync(Incomplete, heard => heard.Count > 0, "an answer or an apology");

        await service.Calls.ToldAsync(Incomplete, "content_filter");
    }

    [Fact]
    public async Task Empty_answer_is_not_met_with_silence() =>
        await service.Calls.HeardAsync(Empty, heard => heard.Count > 0, "an answer or an apology");

    [Fact]
    public async Task Answer_in_text_is_spoken_and_kept_once()
    {
        await service.Calls.HearsAsync(TextOnly, FaultyService.Time);

        var (turns, callId) = (service.Calls.System.Cluster.Turns, (await service.Calls.RecordAsync(TextOnly)).CallId);
        await service.Calls.UntilAsync(
            async () => (await turns.ReadAsync(callId, TestContext.Current.CancellationToken)).Count(t => t is { Speaker: "agent", Text: FaultyService.Time }) == 1,
            "one turn of the agent");
    }

    [Fact]
    public Task Response_that_is_never_done_does_not_block_the_next() => service.Calls.HearsAsync(NeverDone, FaultyService.Time, "You pressed one.");

    /// <summary>The greeting is the first that comes to nothing.</summary>
    private static Scenario AlwaysA(VoiceLiveFaultKind kind) => new($"always-{kind.ToString().ToLowerInvariant()}", CallerScript.Silent, new VoiceLiveFault { Kind = kind, Code = RateLimit })
    {
        Profile = [("Greeting", "Thank you for calling.")],
    };
}
