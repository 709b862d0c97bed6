using VoiceBridge.Cluster.Calls;
using VoiceBridge.Simulator;

namespace VoiceBridge.Local.Cli;

/// <summary>Two calls that show what an agent can do: tools of both kinds, barge-in, goodbye; a transfer that comes back, and one that does not.</summary>
internal static class Demo
{
    private const string Colleague = "+14255550177";
    private const string Office = "+14255550178";
    private const string TransferFailed = "transfer_failed";
    private static readonly TimeSpan Rings = TimeSpan.FromSeconds(3);

    /// <summary>The first caller: an order (MCP server), opening hours (HTTP), a story that is cut short, goodbye.</summary>
    public static CallerScript Questions { get; } = CallerScript.Start
        .WaitForAgent().Say("My order number is four seven one one.")
        .WaitForAgent().Say("What are your opening hours?")
        .WaitForAgent().Say("Tell me a long story, please.")
        .Interrupt(TimeSpan.FromSeconds(3), "No, wait, that is not what I meant.")
        .WaitForAgent().Say("Thank you, that is all. Goodbye.")
        .WaitForAgent();

    /// <summary>The second one wants to speak to somebody else, who does not answer, and then to another one.</summary>
    public static CallerScript Transfer { get; } = CallerScript.Start
        .WaitForAgent().Say("Please transfer me to a colleague.")
        .WaitForAgent().WaitForAgent().Say("Then please connect me to the office.")
        .WaitForAgent();

    /// <summary>The agent's profile and tools; <paramref name="openingHours"/> is where the sample of an HTTP tool listens.</summary>
    public static Dictionary<string, string?> Settings(Uri openingHours) => new()
    {
        ["Agents:default:Greeting"] = "Hello, how can I help you today?",
        ["Agents:default:Transfer:Numbers:colleague"] = Colleague,
        ["Agents:default:Transfer:Numbers:office"] = Office,
        ["Tools:Mcp:orders:Command"] = "dotnet",
        ["Tools:Mcp:orders:Arguments:0"] = Path.Combine(AppContext.BaseDirectory, "VoiceBridge.Samples.McpServer.dll"),
        ["Tools:Http:opening_hours:Description"] = "The opening hours of a shop.",
        ["Tools:Http:opening_hours:Url"] = $"{openingHours.GetLeftPart(UriPartial.Authority)}/opening-hours/{{city}}",
        ["Tools:Http:opening_hours:Schema"] =
            """{"type":"object","properties":{"city":{"type":"string"},"day":{"type":"string"}},"required":["city"]}""",
    };

    /// <summary>What the simulated model says and passes to tools where it could not know.</summary>
    public static void Simulate(SimulatorOptions azure)
    {
        azure.Acs.TransferTargets[Colleague] = new TransferTarget { Fails = true, Rings = Rings };
        var replies = azure.VoiceLive.Replies;
        replies.Add(new() { Keyword = "opening hours", Call = "opening_hours", Arguments = """{"city":"Berlin","day":"saturday"}""" });
        replies.Add(new() { Keyword = "colleague", Say = "One moment, I will connect you to a colleague.", Call = "transfer_call", Arguments = """{"target":"colleague"}""" });
        replies.Add(new() { Keyword = "office", Say = "One moment, I will connect you to the office.", Call = "transfer_call", Arguments = """{"target":"office"}""" });
        replies.Add(new() { Keyword = "goodbye", Call = "end_call", Arguments = """{"goodbye":"Thank you for calling. Goodbye."}""" });
    }

    /// <summary>What must have become of the two calls, by their records and what the second caller saw; each sentence says what has not.</summary>
    public static IEnumerable<string> Problems(CallRecord? questions, CallRecord? transfer, IReadOnlyList<CallEvent> transferTimeline, SimulatedCall second)
    {
        if (questions is not { ToolCalls: >= 3 }) yield return "The order, the opening hours or the goodbye was not asked of its tool.";
        if (questions is not { Interruptions: >= 1 }) yield return "The story was not interrupted.";
        if (questions is not { EndReason: "agent_ended" }) yield return "The agent did not hang up after the goodbye.";
        if (transferTimeline.All(e => e.Kind != TransferFailed)) yield return "The colleague took the call, or was not asked.";
        if (second.Heard.Count < 4) yield return "The agent did not come back from the transfer that failed.";
        if (transfer is not { EndReason: "transferred" } || second.EndReason != $"transferred to {Office}") yield return "The second caller was not transferred to the office.";
    }
}
