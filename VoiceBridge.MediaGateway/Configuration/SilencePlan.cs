using System.Text.Json;
using System.Text.Json.Nodes;

namespace VoiceBridge.MediaGateway.Configuration;

/// <summary>How long a caller may be silent after the agent was heard, and what is said then. A time of zero ends the ladder there;
/// a text that is null is left to the model, in the language of the conversation.</summary>
internal sealed record SilencePlan
{
    public TimeSpan AskAfter { get; init; } = TimeSpan.FromSeconds(10);

    public TimeSpan AskAgainAfter { get; init; } = TimeSpan.FromSeconds(10);

    public TimeSpan EndAfter { get; init; } = TimeSpan.FromSeconds(10);

    public string? AskText { get; init; }

    public string? AskAgainText { get; init; }

    public string? GoodbyeText { get; init; }

    /// <summary>The texts for callers who are spoken to in English.</summary>
    public static SilencePlan English { get; } = new()
    {
        AskText = "Are you still there?",
        AskAgainText = "I cannot hear you. Are you still there?",
        GoodbyeText = "I still cannot hear you, so I will end the call now. Goodbye.",
    };

    /// <summary>The profile's own settings over those for all profiles.</summary>
    public static SilencePlan Make(bool isEnglish, JsonObject? forAll, JsonObject? own)
    {
        var json = JsonSerializer.SerializeToNode(isEnglish ? English : new SilencePlan())!.AsObject();
        ConfiguredJson.Merge(json, forAll ?? []);
        ConfiguredJson.Merge(json, own ?? []);
        return json.Deserialize<SilencePlan>()!;
    }
}
