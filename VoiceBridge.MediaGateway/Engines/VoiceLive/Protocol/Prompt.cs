namespace VoiceBridge.MediaGateway.Engines.VoiceLive.Protocol;

/// <summary>What a response is asked to say.</summary>
/// <param name="Text">Word for word (Voice Live's <c>pre_generated_assistant_message</c>).</param>
/// <param name="Instructions">In the model's own words, in the language of the conversation.</param>
internal sealed record Prompt(string? Text = null, string? Instructions = null)
{
    /// <summary>An answer to what is new in the conversation.</summary>
    public static Prompt Answer { get; } = new();

    public static Prompt Say(string text) => new(Text: text);

    public static Prompt Instruct(string instructions) => new(Instructions: instructions);

    /// <summary>The same for a model that does not speak prepared texts.</summary>
    public Prompt InTheModelsWords() => Text is null ? this : Instruct($"Say exactly this, and nothing else: {Text}");
}
