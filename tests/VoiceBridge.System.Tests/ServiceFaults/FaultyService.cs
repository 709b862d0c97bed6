using VoiceBridge.Simulator;
using VoiceBridge.System.Tests.Agents;
using VoiceBridge.Testing;

namespace VoiceBridge.System.Tests.ServiceFaults;

/// <summary>The calls of all tests for which one system is good enough.</summary>
public sealed class FaultyService(RedisServers servers) : IAsyncLifetime
{
    internal const string Overflow = "+14255550170";
    internal const string FailingColleague = "+14255550171";
    internal const string SlowColleague = "+14255550172";
    internal const string Goodbye = "Thank you for calling. Goodbye.";

    // What callers say, and what the simulated agent does about it.
    internal const string AsksTime = "What time is it?";
    internal const string Time = "It is a good time to talk.";
    internal const string UsesTool = "It is prompt.";
    internal const string ToolResult = "Here is what I found. All is well.";
    internal const string UsesSlowTool = "Take your time with it.";
    internal const string SlowResult = "Here is what I found. All is well, at last.";
    internal const string WantsStory = "Tell me a long story, please.";
    internal const string SaysGoodbye = "Thank you, that is all. Goodbye.";
    internal const string WantsColleague = "Please transfer me to a colleague.";

    private ToolServer _tools = null!;

    internal ScenarioCalls Calls { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        _tools = await ToolServer.StartAsync();
        Calls = await ScenarioCalls.StartAsync(
            servers,
            [
                .. ResponseTests.Scenarios, .. RequestTests.Scenarios, .. TurnTests.Scenarios, .. KeyAndToolTests.Scenarios, .. FarewellTests.Scenarios,
                .. TransferTests.Scenarios, .. SessionTests.Scenarios, .. EventTests.Scenarios,
            ],
            Simulate,
            ("Overflow:Number", Overflow), ("VoiceLive:ResponseSeconds", "5"), ("VoiceLive:RequestSeconds", "3"),
            ("Tools:Http:prompt:Description", "Answers at once."), ("Tools:Http:prompt:Url", $"{_tools.Address}prompt"),
            ("Tools:Http:slow:Description", "Answers late."), ("Tools:Http:slow:Url", $"{_tools.Address}slow"));
    }

    public async ValueTask DisposeAsync()
    {
        await Calls.DisposeAsync();
        await _tools.DisposeAsync();
    }

    private static void Simulate(SimulatorOptions azure)
    {
        azure.Acs.TransferTargets[FailingColleague] = new TransferTarget { Fails = true, Rings = TimeSpan.FromSeconds(2) };
        azure.Acs.TransferTargets[SlowColleague] = new TransferTarget { Rings = TimeSpan.FromMinutes(5) };
        ScriptedReply[] replies =
        [
            new() { Keyword = UsesTool, Call = "prompt" },
            new() { Keyword = UsesSlowTool, Call = "slow" },
            new() { Keyword = "It gets null", Call = "prompt", Arguments = "null" },
            new() { Keyword = "colleague", Call = "transfer_call" },
            new() { Keyword = "Goodbye", Call = "end_call", Arguments = $$"""{"goodbye":"{{Goodbye}}"}""" },
            new() { Keyword = "1#", Say = "You pressed one." },
            new() { Keyword = "2#", Say = "You pressed two." },
        ];
        foreach (var reply in replies) azure.VoiceLive.Replies.Add(reply);
    }
}

/// <summary>The tests that share one <see cref="FaultyService"/>.</summary>
[CollectionDefinition]
public sealed class FaultyCalls : ICollectionFixture<FaultyService>;
