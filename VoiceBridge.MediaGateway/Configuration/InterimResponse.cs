using System.Text.Json.Nodes;

namespace VoiceBridge.MediaGateway.Configuration;

/// <summary>Reads <c>InterimResponse</c>: what is said while the caller waits for a tool or a slow model (Voice Live how-to "interim response").</summary>
internal static class InterimResponse
{
    public static JsonObject Read(SettingReader reader)
    {
        var kind = reader.OneOf("Type", "static", "llm", "static_interim_response", "llm_interim_response") ?? "static";
        var isStatic = kind.StartsWith("static", StringComparison.Ordinal);
        var json = new JsonObject { ["type"] = isStatic ? "static_interim_response" : "llm_interim_response" };
        var triggers = reader.List("Triggers");
        foreach (var trigger in triggers)
        {
            if (trigger is not ("latency" or "tool"))
                reader.Wrong("Triggers", $"may hold latency and tool, not '{trigger}'");
        }
        if (triggers.Count > 0)
            json["triggers"] = new JsonArray([.. triggers.Select(trigger => JsonValue.Create(trigger))]);
        if (reader.Whole("LatencyThresholdMs", 0, 60_000) is { } threshold)
            json["latency_threshold_ms"] = threshold;
        if (isStatic)
        {
            var texts = reader.List("Texts");
            if (texts.Count == 0)
                reader.Wrong("Texts", "is missing");
            json["texts"] = new JsonArray([.. texts.Select(text => JsonValue.Create(text))]);
        }
        else
        {
            if (reader.Text("Model", 100) is { } model)
                json["model"] = model;
            if (reader.Text("Instructions") is { } instructions)
                json["instructions"] = instructions;
            if (reader.Whole("MaxCompletionTokens", 1, 4_096) is { } tokens)
                json["max_completion_tokens"] = tokens;
        }
        reader.RejectTheRest();
        return json;
    }
}
