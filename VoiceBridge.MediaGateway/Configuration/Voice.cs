using System.Text.Json.Nodes;

namespace VoiceBridge.MediaGateway.Configuration;

/// <summary>Reads <c>Voice</c>: a name alone, or the whole object of the Voice Live API reference (2026-07-15), <c>voice</c>.</summary>
internal static class Voice
{
    private const string DefaultName = "en-US-Ava:DragonHDLatestNeural";
    private const string Standard = "azure-standard";
    private const string Custom = "azure-custom";
    private const string Personal = "azure-personal";
    private const string Native = "azure-realtime-native";
    private const string OpenAI = "openai";

    private static readonly string[] OpenAIVoices = ["alloy", "ash", "ballad", "coral", "echo", "sage", "shimmer", "verse", "marin", "cedar"];

    public static JsonObject Read(SettingReader reader)
    {
        if (reader.Value is { Length: > 0 } name)
            return new JsonObject { ["type"] = TypeOf(name), ["name"] = name };

        var voice = reader.Text("Name", 200) ?? DefaultName;
        var type = reader.OneOf("Type", Standard, Custom, Personal, Native, OpenAI) ?? TypeOf(voice);
        var json = new JsonObject { ["type"] = type, ["name"] = voice };
        if (type == OpenAI && !OpenAIVoices.Contains(voice))
            reader.Wrong("Name", $"must be one of {string.Join(", ", OpenAIVoices)} for {OpenAI}, not '{voice}'");

        if (type == Custom)
            json["endpoint_id"] = reader.Required("EndpointId");
        if (type == Personal)
            json["model"] = reader.Required("Model");
        var azure = type is Standard or Custom or Personal;
        if (reader.Number("Temperature", 0, 1) is { } temperature && Allowed(reader, azure, type, "Temperature"))
            json["temperature"] = temperature;
        // All of these are strings on the wire, the numbers among them too: "1.1".
        Copy("CustomLexiconUrl", "custom_lexicon_url");
        Copy("CustomTextNormalizationUrl", "custom_text_normalization_url");
        Copy("Locale", "locale");
        Copy("Style", "style");
        Copy("Pitch", "pitch");
        Copy("Rate", "rate");
        Copy("Volume", "volume");
        if (reader.List("PreferLocales") is { Count: > 0 } locales && Allowed(reader, azure, type, "PreferLocales"))
            json["prefer_locales"] = new JsonArray([.. locales.Select(locale => JsonValue.Create(locale))]);
        reader.RejectTheRest();
        return json;

        void Copy(string key, string name)
        {
            if (reader.Text(key, 500) is { } value && Allowed(reader, azure, type, key))
                json[name] = value;
        }
    }

    private static bool Allowed(SettingReader reader, bool allowed, string type, string key)
    {
        if (!allowed)
            reader.Wrong(key, $"is not known to voices of type {type}");
        return allowed;
    }

    private static string TypeOf(string name) => OpenAIVoices.Contains(name) ? OpenAI : Standard;
}
