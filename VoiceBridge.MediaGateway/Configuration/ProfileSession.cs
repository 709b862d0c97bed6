using System.Text.Json.Nodes;

namespace VoiceBridge.MediaGateway.Configuration;

/// <summary>The <c>Session</c> of a profile: what it sets, over our defaults. They are for the telephone: semantic turn detection that the caller can interrupt, echo
/// cancellation, noise suppression and transcription.</summary>
internal static class ProfileSession
{
    private const string DefaultInstructions =
        "You answer the telephone. Be friendly, short and clear: one or two sentences at a time, no lists, no formatting. "
        + "Say numbers and dates as one says them aloud. If you did not understand, ask. "
        + "When the caller has everything and says goodbye, say goodbye and end the call.";

    private const string DefaultVoice = "en-US-Ava:DragonHDLatestNeural";
    private const string Semantic = "azure_semantic_vad";
    private const string SemanticMultilingual = "azure_semantic_vad_multilingual";

    private static readonly string[] OpenAIVoices = ["alloy", "ash", "ballad", "coral", "echo", "sage", "shimmer", "verse", "marin", "cedar"];

    /// <summary>Fields that the call's phone decides.</summary>
    private static readonly string[] OfThePhone = ["input_audio_format", "input_audio_sampling_rate", "output_audio_format"];

    /// <param name="given">What the profile sets.</param>
    /// <param name="instructions">Its prompt; null for an agent, which brings its own, and empty for the built-in one.</param>
    /// <param name="languages">Its callers' languages.</param>
    public static JsonObject Complete(JsonObject given, string? instructions, IReadOnlyList<string> languages)
    {
        var session = new JsonObject { ["modalities"] = new JsonArray("text", "audio") };
        if (instructions is not null)
            session["instructions"] = string.IsNullOrWhiteSpace(instructions) ? DefaultInstructions : instructions;
        session["voice"] = DefaultVoiceFor(given["voice"] as JsonObject);
        session["input_audio_noise_reduction"] = new JsonObject { ["type"] = "azure_deep_noise_suppression" };
        session["input_audio_echo_cancellation"] = new JsonObject { ["type"] = "server_echo_cancellation" };
        session["turn_detection"] = DefaultTurnDetection(given["turn_detection"] as JsonObject, languages);
        if (given["interim_response"] is JsonObject)
            session["interim_response"] = new JsonObject { ["type"] = "static_interim_response" };
        ConfiguredJson.Merge(session, given);
        return session;
    }

    /// <summary>Without what is decided for each call.</summary>
    public static JsonObject WithoutTheCalls(JsonObject session)
    {
        foreach (var field in OfThePhone)
            session.Remove(field);
        return session;
    }

    /// <summary>The transcription for a profile that does not choose one. According to the API reference OpenAI's realtime models
    /// transcribe with OpenAI's models only and all others with azure-speech only.</summary>
    public static JsonObject DefaultTranscription(string? model, IReadOnlyList<string> languages)
    {
        if (model?.StartsWith("gpt-realtime", StringComparison.OrdinalIgnoreCase) == true)
        {
            var whisper = new JsonObject { ["model"] = "whisper-1" };
            if (languages.Count == 1)
                whisper["language"] = Primary(languages[0]);
            return whisper;
        }
        var json = new JsonObject { ["model"] = "azure-speech" };
        if (languages.Count > 0)
            json["language"] = string.Join(',', languages);
        return json;
    }

    public static bool IsEnglish(string language) => language.StartsWith("en", StringComparison.OrdinalIgnoreCase);

    private static JsonObject DefaultVoiceFor(JsonObject? given)
    {
        var name = given?["name"]?.ToString() ?? DefaultVoice;
        return new JsonObject { ["type"] = OpenAIVoices.Contains(name) ? "openai" : "azure-standard", ["name"] = name };
    }

    private static JsonObject DefaultTurnDetection(JsonObject? given, IReadOnlyList<string> languages)
    {
        var type = given?["type"]?.ToString() ?? (languages.All(IsEnglish) ? Semantic : SemanticMultilingual);
        var json = new JsonObject { ["type"] = type, ["create_response"] = true, ["interrupt_response"] = true, ["auto_truncate"] = false };
        if (type is Semantic or SemanticMultilingual && languages.Count > 0)
            json["languages"] = new JsonArray([.. languages.Select(Primary).Distinct()]);
        if (given?["end_of_utterance_detection"] is JsonObject)
            json["end_of_utterance_detection"] = new JsonObject { ["model"] = "semantic_detection_v1" };
        return json;
    }

    /// <summary>The language of <c>de-CH</c> is <c>de</c>.</summary>
    private static string Primary(string language) => language.Split('-')[0].ToLowerInvariant();
}
