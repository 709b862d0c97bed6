using VoiceBridge.Simulator;

namespace VoiceBridge.Local.Cli;

/// <summary>Two calls that show what an agent can do: tools of both kinds, barge-in, goodbye; and a transfer.</summary>
internal static class Demo
{
    private const string Colleague = "+14255550177";

    /// <summary>The first caller: an order (MCP server), opening hours (HTTP), a story that is cut short, goodbye.</summary>
    public static CallerScript Questions { get; } = CallerScript.Start
        .WaitForAgent().Say("My order number is four seven one one.")
        .WaitForAgent().Say("What are your opening hours?")
        .WaitForAgent().Say("Tell me a long story, please.")
        .Interrupt(TimeSpan.FromSeconds(3), "No, wait, that is not what I meant.")
        .WaitForAgent().Say("Thank you, that is all. Goodbye.")
        .WaitForAgent();

    /// <summary>The second one wants to speak to somebody else.</summary>
    public static CallerScript Transfer { get; } = CallerScript.Start
        .WaitForAgent().Say("Please transfer me to a colleague.")
        .WaitForAgent();

    /// <summary>The agent's profile and tools; <paramref name="openingHours"/> is where the sample of an HTTP tool listens.</summary>
    public static Dictionary<string, string?> Settings(Uri openingHours) => new()
    {
        ["Agents:default:Greeting"] = "Hello, how can I help you today?",
        ["Agents:default:Transfer:Numbers:colleague"] = Colleague,
        ["Tools:Mcp:orders:Command"] = "dotnet",
        ["Tools:Mcp:orders:Arguments:0"] = Path.Combine(AppContext.BaseDirectory, "VoiceBridge.Samples.McpServer.dll"),
        ["Tools:Http:opening_hours:Description"] = "The opening hours of a shop.",
        ["Tools:Http:opening_hours:Url"] = $"{openingHours.GetLeftPart(UriPartial.Authority)}/opening-hours/{{city}}",
        ["Tools:Http:opening_hours:Schema"] =
            """{"type":"object","properties":{"city":{"type":"string"},"day":{"type":"string"}},"required":["city"]}""",
    };

    /// <summary>What the simulated model passes to the tool whose arguments nobody said.</summary>
    public static void Simulate(SimulatorOptions azure) => azure.VoiceLive.Replies.Add(
        new ScriptedReply { Keyword = "opening hours", Call = "opening_hours", Arguments = """{"city":"Berlin","day":"saturday"}""" });
}
