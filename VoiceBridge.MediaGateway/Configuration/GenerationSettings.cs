using System.Text.Json.Nodes;

namespace VoiceBridge.MediaGateway.Configuration;

/// <summary>Reads how the model answers: sampling, length, effort, tools, and what is noted of the session. Ranges are those on which the
/// Voice Live API reference and its SDKs agree.</summary>
internal static class GenerationSettings
{
    private const int MaxMetadata = 15;     // 16 are allowed, one is the call's id

    public static void Read(SettingReader reader, JsonObject session)
    {
        if (reader.Number("Temperature", 0.6, 1.2) is { } temperature)
            session["temperature"] = temperature;
        if (reader.Text("MaxResponseTokens") is { } tokens)
        {
            if (tokens == "inf")
                session["max_response_output_tokens"] = tokens;
            else if (reader.Whole("MaxResponseTokens", 1, 4_096) is { } number)
                session["max_response_output_tokens"] = number;
        }
        if (reader.OneOf("ReasoningEffort", "none", "minimal", "low", "medium", "high", "xhigh") is { } effort)
            session["reasoning_effort"] = effort;
        if (reader.Flag("ParallelToolCalls") is { } parallel)
            session["parallel_tool_calls"] = parallel;
        if (reader.Text("ToolChoice", 64) is { } choice)
            session["tool_choice"] = choice is "auto" or "none" or "required"
                ? choice
                : new JsonObject { ["type"] = "function", ["name"] = choice };
        if (reader.Has("InterimResponse"))
            session["interim_response"] = InterimResponse.Read(reader.Section("InterimResponse"));
        ReadMetadata(reader, session);
    }

    private static void ReadMetadata(SettingReader reader, JsonObject session)
    {
        var metadata = reader.Map("Metadata");
        if (metadata.Count == 0)
            return;
        if (metadata.Count > MaxMetadata)
            reader.Wrong("Metadata", $"may hold {MaxMetadata} pairs, not {metadata.Count}");
        var json = new JsonObject();
        foreach (var (key, value) in metadata)
        {
            if (key.Length > 64 || value.Length > 512)
                reader.Wrong($"Metadata:{key}", "is too long: 64 characters for a key, 512 for a value");
            json[key] = value;
        }
        session["metadata"] = json;
    }
}
