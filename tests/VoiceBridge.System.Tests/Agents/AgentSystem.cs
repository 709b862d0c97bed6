using VoiceBridge.Cluster.Calls;
using VoiceBridge.Cluster.Transcripts;
using VoiceBridge.Local;
using VoiceBridge.Simulator;
using VoiceBridge.System.Tests.Harness;
using VoiceBridge.Testing;

namespace VoiceBridge.System.Tests.Agents;

/// <summary>One system for the tests of agents: each dials a number that has a profile of its own.</summary>
public sealed class AgentSystem(RedisServers servers) : IAsyncLifetime
{
    internal const string Plain = "+14255550200";
    internal const string Tools = "+14255550201";
    internal const string Quiet = "+14255550202";
    internal const string Mini = "+14255550203";
    internal const string Colleague = "+14255550177";
    internal const string Goodbye = "Thank you for calling. Goodbye.";

    private ToolServer _tools = null!;
    private Lazy<IReadOnlyDictionary<string, SimulatedCall>> _troubles = null!;

    internal LocalSystem System { get; private set; } = null!;

    internal SimulatedAzure Azure => System.Azure!;

    /// <summary>A call for each sentence that makes the model use a tool which goes wrong, all at the same time.</summary>
    internal IReadOnlyDictionary<string, SimulatedCall> Troubles => _troubles.Value;

    public async ValueTask InitializeAsync()
    {
        _tools = await ToolServer.StartAsync();
        System = await Systems.StartAsync(servers, RedisKind.Garnet, options => (options with { Simulate = Simulate }).With(
            ("Transcripts:Keep", "true"),
            ("Agents:default:Greeting", "Hello, how can I help you today?"),
            ("Agents:plain:Numbers:0", Plain),
            ("Agents:plain:Instructions", "You answer for a shop."),
            ("Agents:plain:Greeting", "off"),
            ("Agents:plain:Tools:0", "prompt"),
            ("Agents:plain:Transfer:Numbers:colleague", Colleague),
            ("Agents:tools:Numbers:0", Tools),
            ("Agents:tools:Instructions", "You use tools."),
            ("Agents:tools:Greeting", "off"),
            // The calls of Troubles wait for their tests, in whatever order these run: nobody is to ask them meanwhile whether they are there.
            ("Agents:tools:Silence:AskAfter", "00:00:00"),
            ("Agents:quiet:Numbers:0", Quiet),
            ("Agents:quiet:Instructions", "You wait."),
            ("Agents:quiet:Greeting", "off"),
            ("Agents:quiet:Silence:AskAfter", "00:00:00.3"),
            ("Agents:quiet:Silence:AskAgainAfter", "00:00:00.3"),
            ("Agents:quiet:Silence:EndAfter", "00:00:00.3"),
            ("Agents:quiet:Silence:AskText", "Are you still there?"),
            ("Agents:quiet:Silence:AskAgainText", "Please go on."),
            ("Agents:quiet:Silence:GoodbyeText", Goodbye),
            ("Agents:mini:Numbers:0", Mini),
            ("Agents:mini:Instructions", "You are small."),
            ("Agents:mini:Greeting", "Hello, this is VoiceBridge."),
            ("Agents:mini:Model", "gpt-realtime-mini"),
            ("Agents:browser:Instructions", "You are seen."),
            ("Agents:browser:Greeting", "Hello, this is VoiceBridge."),
            // One that the service refuses: it has no name. The first call of the profile says so, and no other is offered it.
            ("Agents:mini:Session:tools", """[{"type":"function","description":"Nameless."}]"""),
            // So that the cost is the number of tokens.
            ("Prices:gpt-realtime-mini:InputText", "1000000"),
            ("Prices:gpt-realtime-mini:InputAudio", "1000000"),
            ("Prices:gpt-realtime-mini:OutputText", "1000000"),
            ("Prices:gpt-realtime-mini:OutputAudio", "1000000"),
            ("Tools:Timeout", "00:00:01"),
            ("Tools:Http:hanging:Description", "Never answers."),
            ("Tools:Http:hanging:Url", $"{_tools.Address}hanging"),
            ("Tools:Http:failing:Description", "Always fails."),
            ("Tools:Http:failing:Url", $"{_tools.Address}failing"),
            ("Tools:Http:huge:Description", "Says 5 MB."),
            ("Tools:Http:huge:Url", $"{_tools.Address}huge"),
            ("Tools:Http:prompt:Description", "Answers at once."),
            ("Tools:Http:prompt:Url", $"{_tools.Address}prompt"),
            ("Tools:Mcp:orders:Command", "dotnet"),
            ("Tools:Mcp:orders:Arguments:0", Path.Combine(AppContext.BaseDirectory, "VoiceBridge.Samples.McpServer.dll"))));
        _troubles = new(() => new[] { "It hangs.", "It fails.", "It is huge.", "It is not there.", "It gets nonsense.", "It throws." }
            .ToDictionary(said => said, said => Call(Tools, CallerScript.Start.Say(said).WaitForAgent().Say("What time is it?").WaitForAgent())));
    }

    public async ValueTask DisposeAsync()
    {
        await System.DisposeAsync();
        await _tools.DisposeAsync();
    }

    internal SimulatedCall Call(string number, CallerScript script) => Azure.PlaceCall(new CallPlan { To = number, Script = script });

    /// <summary>The call's sessions so far, oldest first.</summary>
    internal IReadOnlyList<SimulatedSession> Sessions(SimulatedCall call) => [.. Azure.Sessions.Where(session => session.Mark == call.Mark)];

    internal async Task<CallRecord> ConnectedAsync(SimulatedCall call) => await System.RecordAsync(call, record => record.State == CallState.Connected);

    internal async Task<CallRecord> EndedAsync(SimulatedCall call)
    {
        await call.OverAsync();
        return await System.RecordAsync(call, record => record.State == CallState.Ended);
    }

    /// <summary>What a handler after this one would be told, once it is as wanted.</summary>
    internal Task<IReadOnlyList<Turn>> TurnsAsync(string callId, Func<IReadOnlyList<Turn>, bool> wanted, string what) =>
        Eventually.Get(() => System.Cluster.Turns.ReadAsync(callId, TestContext.Current.CancellationToken), wanted, Systems.Deadline, what);

    /// <summary>The call's timeline has this.</summary>
    internal Task HappenedAsync(string callId, string kind, string text) => Eventually.True(
        async () => (await System.Cluster.Calls.ListEventsAsync(callId, TestContext.Current.CancellationToken)).Any(e => e.Kind == kind && e.Text == text),
        Systems.Deadline,
        $"'{kind} {text}' in the timeline");

    private static void Simulate(SimulatorOptions azure)
    {
        ScriptedReply[] replies =
        [
            // In one response: the one that answers must not wait for the one that does not.
            new() { Keyword = "It hangs", Call = "hanging,prompt" },
            new() { Keyword = "It fails", Call = "failing" },
            new() { Keyword = "It is huge", Call = "huge" },
            new() { Keyword = "It is not there", Call = "no_such_tool", Invented = true },
            new() { Keyword = "It gets nonsense", Call = "prompt", Arguments = "{nonsense" },
            new() { Keyword = "It throws", Call = "lookup_order", Arguments = """{"number":"9999"}""" },
            new() { Keyword = "Paris", Call = "transfer_call", Arguments = """{"target":"+33140205050"}""" },
            new() { Keyword = "Goodbye", Call = "end_call", Arguments = $$"""{"goodbye":"{{Goodbye}}"}""" },
            new() { Keyword = "4711#", Call = "lookup_order" },
        ];
        foreach (var reply in replies) azure.VoiceLive.Replies.Add(reply);
    }
}
