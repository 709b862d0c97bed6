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

    public static SilencePlan Read(SettingReader reader, SilencePlan defaults)
    {
        var longest = TimeSpan.FromMinutes(10);
        var plan = new SilencePlan
        {
            AskAfter = reader.Duration("AskAfter", TimeSpan.Zero, longest) ?? defaults.AskAfter,
            AskAgainAfter = reader.Duration("AskAgainAfter", TimeSpan.Zero, longest) ?? defaults.AskAgainAfter,
            EndAfter = reader.Duration("EndAfter", TimeSpan.Zero, longest) ?? defaults.EndAfter,
            AskText = reader.Text("AskText", 500) ?? defaults.AskText,
            AskAgainText = reader.Text("AskAgainText", 500) ?? defaults.AskAgainText,
            GoodbyeText = reader.Text("GoodbyeText", 500) ?? defaults.GoodbyeText,
        };
        reader.RejectTheRest();
        return plan;
    }
}
