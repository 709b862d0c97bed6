using System.Text.Json.Nodes;

namespace VoiceBridge.MediaGateway.Configuration;

/// <summary>Reads what is done to the caller's voice before the model hears it, and how it is written down: noise reduction, echo
/// cancellation and transcription of the Voice Live API reference (2026-07-15). Null means off.</summary>
internal static class InputAudioSettings
{
    public static JsonObject? ReadNoiseReduction(SettingReader profile)
    {
        if (profile.Section("NoiseReduction").IsOff)
            return null;
        var type = profile.OneOf("NoiseReduction", "azure_deep_noise_suppression", "near_field", "far_field", "off")
            ?? "azure_deep_noise_suppression";
        return new JsonObject { ["type"] = type };
    }

    public static JsonObject? ReadEchoCancellation(SettingReader reader)
    {
        if (reader.IsOff)
            return null;
        var json = new JsonObject { ["type"] = "server_echo_cancellation" };
        if (reader.Value is { Length: > 0 } value)
        {
            if (value != "server_echo_cancellation")
                reader.Wrong($"must be server_echo_cancellation or off, not '{value}'");
            return json;
        }
        reader.OneOf("Type", "server_echo_cancellation");
        if (reader.OneOf("ReferenceSource", "server", "client") is { } source)
            json["reference_source"] = source;
        if (reader.Whole("Channels", 1, 2) is { } channels)
            json["channels"] = channels;
        reader.RejectTheRest();
        return json;
    }

    public static JsonObject? ReadTranscription(SettingReader reader)
    {
        if (reader.IsOff)
            return null;
        if (reader.Value is { Length: > 0 } model)
            return new JsonObject { ["model"] = model };
        var json = new JsonObject();
        if (reader.Required("Model") is { } named)
            json["model"] = named;
        if (reader.Text("Language", 200) is { } language)
            json["language"] = language;
        if (reader.Text("Prompt") is { } prompt)
            json["prompt"] = prompt;
        if (reader.List("PhraseList") is { Count: > 0 } phrases)
            json["phrase_list"] = new JsonArray([.. phrases.Select(phrase => JsonValue.Create(phrase))]);
        if (reader.Map("CustomSpeech") is { Count: > 0 } custom)
            json["custom_speech"] = new JsonObject(custom.Select(pair => KeyValuePair.Create(pair.Key, (JsonNode?)JsonValue.Create(pair.Value))));
        reader.RejectTheRest();
        return json;
    }

    /// <summary>The transcription for a profile that does not choose one. According to the API reference OpenAI's realtime models
    /// transcribe with OpenAI's models only and all others with azure-speech only.</summary>
    public static JsonObject DefaultTranscription(string? model, IReadOnlyList<string> languages)
    {
        if (model?.StartsWith("gpt-realtime", StringComparison.OrdinalIgnoreCase) == true)
        {
            var whisper = new JsonObject { ["model"] = "whisper-1" };
            if (languages.Count == 1)
                whisper["language"] = TurnDetection.Primary(languages[0]);
            return whisper;
        }
        var json = new JsonObject { ["model"] = "azure-speech" };
        if (languages.Count > 0)
            json["language"] = string.Join(',', languages);
        return json;
    }
}
