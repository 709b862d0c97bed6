using System.Text.Json.Nodes;

namespace VoiceBridge.MediaGateway.Configuration;

/// <summary>Reads <c>TurnDetection</c>: how the service notices that the caller begins and ends to speak. Names and ranges are those of
/// the Voice Live API reference (2026-07-15), <c>turn_detection</c>.</summary>
internal static class TurnDetection
{
    private const string ServerVad = "server_vad";
    private const string Semantic = "azure_semantic_vad";
    private const string SemanticEnglish = "azure_semantic_vad_en";
    private const string SemanticMultilingual = "azure_semantic_vad_multilingual";
    private const string OpenAI = "semantic_vad";

    /// <summary>The gateway knows what the caller heard and truncates by that. The service can only guess, and both is once too often.</summary>
    public const string NoAutoTruncate = "must stay false: the gateway itself cuts what the caller did not hear";

    public static JsonObject? Read(SettingReader reader, IReadOnlyList<string> languages)
    {
        if (reader.IsOff)
            return null;
        var type = reader.OneOf("Type", ServerVad, Semantic, SemanticEnglish, SemanticMultilingual, OpenAI)
            ?? (languages.Any(language => !language.StartsWith("en", StringComparison.OrdinalIgnoreCase)) ? SemanticMultilingual : Semantic);
        var json = new JsonObject { ["type"] = type };
        var isAzure = type is Semantic or SemanticEnglish or SemanticMultilingual;
        var measures = type != OpenAI;

        Only(reader, measures, type, "Threshold", json, "threshold", reader.Number("Threshold", 0, 1));
        Only(reader, measures, type, "PrefixPaddingMs", json, "prefix_padding_ms", reader.Whole("PrefixPaddingMs", 0, 5_000));
        Only(reader, measures, type, "SilenceDurationMs", json, "silence_duration_ms", reader.Whole("SilenceDurationMs", 50, 10_000));
        Only(reader, measures, type, "SpeechDurationMs", json, "speech_duration_ms", reader.Whole("SpeechDurationMs", 0, 5_000));
        Only(reader, isAzure, type, "RemoveFillerWords", json, "remove_filler_words", reader.Flag("RemoveFillerWords"));
        Only(reader, isAzure, type, "AppendedTextAfterTruncation", json, "appended_text_after_truncation",
            reader.Text("AppendedTextAfterTruncation"));
        Only(reader, type == OpenAI, type, "Eagerness", json, "eagerness", reader.OneOf("Eagerness", "auto", "low", "medium", "high"));
        if (isAzure && type != SemanticEnglish)
        {
            var spoken = reader.List("Languages") is { Count: > 0 } own ? own : [.. languages.Select(Primary).Distinct()];
            if (spoken.Count > 0)
                json["languages"] = new JsonArray([.. spoken.Select(language => JsonValue.Create(language))]);
        }
        else if (reader.Has("Languages"))
        {
            reader.Wrong("Languages", $"is not known to {type}");
        }

        json["create_response"] = reader.Flag("CreateResponse") ?? true;
        json["interrupt_response"] = reader.Flag("InterruptResponse") ?? true;
        json["auto_truncate"] = false;
        if (reader.Flag("AutoTruncate") == true)
            reader.Wrong("AutoTruncate", NoAutoTruncate);

        if (reader.Has("EndOfUtterance"))
        {
            var end = ReadEndOfUtterance(reader.Section("EndOfUtterance"));
            if (measures)
                json["end_of_utterance_detection"] = end;
            else
                reader.Wrong("EndOfUtterance", $"is not known to {type}");
        }
        reader.RejectTheRest();
        return json;
    }

    /// <summary>The language of <c>de-CH</c> is <c>de</c>.</summary>
    public static string Primary(string language) => language.Split('-')[0].ToLowerInvariant();

    private static JsonObject ReadEndOfUtterance(SettingReader reader)
    {
        var json = new JsonObject
        {
            ["model"] = reader.OneOf("Model", "semantic_detection_v1", "semantic_detection_v1_en", "semantic_detection_v1_multilingual")
                ?? "semantic_detection_v1",
        };
        if (reader.OneOf("ThresholdLevel", "low", "medium", "high", "default") is { } level)
            json["threshold_level"] = level;
        if (reader.Whole("TimeoutMs", 0, 30_000) is { } timeout)
            json["timeout_ms"] = timeout;
        reader.RejectTheRest();
        return json;
    }

    private static void Only<T>(SettingReader reader, bool known, string type, string key, JsonObject json, string name, T? value)
    {
        if (value is null)
            return;
        if (known)
            json[name] = JsonValue.Create(value);
        else
            reader.Wrong(key, $"is not known to {type}");
    }
}
