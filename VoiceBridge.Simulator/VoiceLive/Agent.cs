using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace VoiceBridge.Simulator.VoiceLive;

/// <summary>
/// The simulated agent: answers by keywords, calls the tool whose name fits the question, talks about what the tool said, and
/// remembers. Enough to hold a conversation, and always the same.
/// </summary>
internal static partial class Agent
{
    private const string Greeting = "Hello, how can I help you today?";
    private const string NobodyFree = "I am afraid that nobody else is free right now.";

    private static readonly (string[] Keywords, string Say)[] Topics =
    [
        (["goodbye", "bye", "that is all"], "Thank you for calling. Goodbye."),
        (["order number"], "Let me check that for you. Your order is on its way and should arrive tomorrow."),
        (["cancel"], "I have cancelled your order."),
        (["where is my order", "my order"], "Your order is on its way and should arrive tomorrow."),
        (["opening hours", "open"], "We are open from nine in the morning to six in the evening, Monday to Friday."),
        (["weather"], "It is sunny today, with a light wind."),
        (["what time"], "It is a good time to talk."),
        (["human", "colleague", "transfer"], NobodyFree),
        (["interrupt", "wait"], "I am sorry, please go on."),
        (["cost", "price"], "It costs twenty euros a month."),
        (["appointment"], "When would you like to come instead?"),
        (["still there"], "Yes, I am still here."),
        (["thank you"], "You are welcome."),
        (["yes"], "How can I help you?"),
        (["hello"], Greeting),
        (["story"],
            "Once upon a time there was a telephone that wanted to see the world. It rang at every door, it listened to every answer, and it never forgot a voice. "
            + "One evening a caller asked it the one question that it could not answer, and so it set out to find somebody who could."),
    ];

    /// <summary>What it says when it is told to say something and nobody has spoken yet, or after a tool's output or a text.</summary>
    internal static AgentReply Unprompted(
        IReadOnlyList<SimulatedItem> history, string instructions, IEnumerable<JsonObject> tools, IEnumerable<ScriptedReply> replies)
    {
        history = [.. history.Where(i => !i.Aside)];
        if (history.Count > 0 && history[^1].Type == "function_call_output") return new AgentReply(About(history[^1].Text));
        // The client has told it something, and wants it said.
        if (history.Count > 0 && history[^1] is { Role: "system" } told && Has(told.Text, "transfer")) return new AgentReply(NobodyFree);
        if (Quoted().Match(instructions) is { Success: true } quoted) return new AgentReply(quoted.Groups[1].Value);
        if (Exactly().Match(instructions) is { Success: true } exact) return new AgentReply(exact.Groups[1].Value);
        var last = history.LastOrDefault(i => i.Role == "user");
        if (last is null) return new AgentReply(Greeting);
        // The caller's last turn has had no answer yet, or a text amid the conversation is as good as something said.
        if (instructions.Length == 0 && last == history[^1] && history.Any(i => !i.FromClient))
            return Answer(last.Text, history, tools, replies);
        // Somebody has put an older conversation into this session.
        return new AgentReply(last.FromClient ? "Sorry, we were cut off for a moment. Please go on." : "I am sorry, please go on.");
    }

    /// <summary>What it does about the caller's last turn.</summary>
    internal static AgentReply Answer(string said, IReadOnlyList<SimulatedItem> history, IEnumerable<JsonObject> tools, IEnumerable<ScriptedReply> replies)
    {
        var offered = tools.Where(t => (string?)t["type"] == "function").ToArray();
        foreach (var reply in replies)
        {
            if (!said.Contains(reply.Keyword, StringComparison.OrdinalIgnoreCase)) continue;
            var calls = (reply.Call ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
                .Select(name => offered.FirstOrDefault(t => (string?)t["name"] == name) ?? (reply.Invented ? new JsonObject { ["name"] = name } : null))
                .OfType<JsonObject>()
                .Select(t => new AgentCall((string)t["name"]!, reply.Arguments ?? ToolArguments.Make(t, said)))
                .ToArray();
            if (reply.Say is not null || calls.Length > 0) return new AgentReply(reply.Say, calls);
        }
        if (Fitting(said, offered) is { } tool) return new AgentReply(null, new AgentCall((string)tool["name"]!, ToolArguments.Make(tool, said)));
        if (Has(said, "remember")) return new AgentReply(Remember(history));
        if (Has(said, "repeat")) return new AgentReply($"Of course, I will say that again. {history.LastOrDefault(i => i.Role == "assistant")?.Text}".TrimEnd());
        foreach (var (keywords, say) in Topics)
        {
            if (keywords.Any(k => Has(said, k))) return new AgentReply(say);
        }
        return new AgentReply("I am sorry, I did not understand that.");
    }

    /// <summary>The tool whose name has a word that the caller used, or that the situation calls for.</summary>
    private static JsonObject? Fitting(string said, JsonObject[] tools) => tools.FirstOrDefault(tool =>
    {
        var name = (string)tool["name"]!;
        if (Has(name, "transfer")) return Has(said, "human") || Has(said, "colleague") || Has(said, "transfer");
        if (Has(name, "end_call") || Has(name, "hang")) return Has(said, "goodbye");
        return Word().Split(name).Any(word => word.Length > 3 && Has(said, word.TrimEnd('s')));
    });

    private static string Remember(IReadOnlyList<SimulatedItem> history)
    {
        var earlier = history.Where(i => i.Role == "user" && !Has(i.Text, "remember")).ToArray();
        return earlier.Length == 0 ? "You have not said anything before." : $"You said: {earlier[^1].Text}";
    }

    private static string About(string output)
    {
        JsonNode? json = null;
        try
        {
            json = JsonNode.Parse(output);
        }
        catch (System.Text.Json.JsonException)
        {
            // Plain text is an output, too.
        }
        if (json is JsonObject failed && failed.Any(m => Has(m.Key, "error"))) return "I am sorry, that did not work.";
        var words = json is null ? output : string.Join(", ", Values(json));
        return $"Here is what I found. {(words.Length > 160 ? words[..160] : words)}".TrimEnd();
    }

    private static IEnumerable<string> Values(JsonNode? json) => json switch
    {
        JsonObject o => o.SelectMany(m => Values(m.Value)),
        JsonArray a => a.SelectMany(Values),
        null => [],
        _ => [json.ToString()],
    };

    private static bool Has(string text, string part) => text.Contains(part, StringComparison.OrdinalIgnoreCase);

    [GeneratedRegex("[\"“]([^\"“”]{2,400})[\"”]")]
    private static partial Regex Quoted();

    [GeneratedRegex(@"\bexactly\b[^:]{0,80}:\s*(\S.{1,400})$", RegexOptions.IgnoreCase)]
    private static partial Regex Exactly();

    [GeneratedRegex("[_\\-\\s]+|(?<=[a-z])(?=[A-Z])")]
    private static partial Regex Word();
}
