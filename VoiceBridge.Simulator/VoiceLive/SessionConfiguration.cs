using System.Text.Json.Nodes;

namespace VoiceBridge.Simulator.VoiceLive;

/// <summary>The effective configuration of a session: the defaults, changed by each <c>session.update</c>.</summary>
internal sealed class SessionConfiguration
{
    private static readonly string[] TurnDetections = ["server_vad", "semantic_vad", "azure_semantic_vad", "azure_semantic_vad_en", "azure_semantic_vad_multilingual"];
    private static readonly string[] NoiseReductions = ["azure_deep_noise_suppression", "near_field", "far_field"];
    private readonly JsonObject _session;

    internal SessionConfiguration(string id, string model, DateTimeOffset expiresAt) => _session = new JsonObject
    {
        ["id"] = id,
        ["object"] = "realtime.session",
        ["model"] = model,
        ["modalities"] = new JsonArray("text", "audio"),
        ["instructions"] = "",
        ["voice"] = new JsonObject { ["type"] = "openai", ["name"] = "alloy" },
        ["input_audio_format"] = "pcm16",
        ["output_audio_format"] = "pcm16",
        ["input_audio_sampling_rate"] = 24_000,
        ["input_audio_noise_reduction"] = null,
        ["input_audio_echo_cancellation"] = null,
        ["input_audio_transcription"] = null,
        ["turn_detection"] = TurnDetection(new JsonObject { ["type"] = "server_vad" }),
        ["tools"] = new JsonArray(),
        ["tool_choice"] = "auto",
        ["parallel_tool_calls"] = true,
        ["temperature"] = 0.8,
        ["max_response_output_tokens"] = "inf",
        ["expires_at"] = expiresAt.ToUnixTimeSeconds(),
    };

    internal JsonObject Session => _session;

    internal string Instructions => (string?)_session["instructions"] ?? "";

    internal bool Transcribes => _session["input_audio_transcription"] is not null;

    internal JsonObject? Turns => _session["turn_detection"] as JsonObject;

    internal bool Detects(string flag, bool otherwise) => Turns?[flag] is JsonValue value && value.TryGetValue<bool>(out var on) ? on : otherwise;

    internal double Number(string name, double otherwise) => Turns?[name] is JsonValue value && value.TryGetValue<double>(out var number) ? number : otherwise;

    /// <summary>How appended audio is read.</summary>
    internal AudioFormat Input => AudioFormat.Named((string?)_session["input_audio_format"]) ?? AudioFormat.Pcm16;

    /// <summary>How the agent's audio is written.</summary>
    internal AudioFormat Output => AudioFormat.Named((string?)_session["output_audio_format"]) ?? AudioFormat.Pcm16;

    internal IEnumerable<JsonObject> Tools => (_session["tools"] as JsonArray)?.OfType<JsonObject>() ?? [];

    /// <summary>Applies an update as a whole, or says which member is wrong.</summary>
    internal (string Param, string Message)? Update(JsonObject changes, bool spoken, bool heard)
    {
        if (Fault(changes, spoken, heard) is { } fault) return fault;
        foreach (var (name, value) in changes)
        {
            if (name is "id" or "object" or "expires_at" or "model") continue;
            _session[name] = name == "turn_detection" && value is JsonObject detection ? TurnDetection((JsonObject)detection.DeepClone()) : value?.DeepClone();
        }
        return null;
    }

    private (string, string)? Fault(JsonObject changes, bool spoken, bool heard)
    {
        var input = AudioFormat.Named((string?)changes["input_audio_format"]) ?? Input;
        foreach (var (name, value) in changes)
        {
            var fault = name switch
            {
                "model" when (string?)value != (string?)_session["model"] => "The model of a session cannot change.",
                "instructions" when value is not JsonValue => "instructions must be a string.",
                "modalities" when value is not JsonArray => "modalities must be an array.",
                "voice" when spoken && !JsonNode.DeepEquals(value, _session["voice"]) => "The voice cannot change after audio was produced.",
                "input_audio_format" when AudioFormat.Named((string?)value) is null => "Only pcm16 and g711_ulaw are simulated.",
                "input_audio_format" when heard && (string?)value != Input.Name => "The input format of a session cannot change.",
                "input_audio_format" when changes["input_audio_sampling_rate"] is null && (int?)_session["input_audio_sampling_rate"] != input.Rate =>
                    $"input_audio_sampling_rate must be {input.Rate} for {input.Name}.",
                "output_audio_format" when AudioFormat.Named((string?)value) is null => "Only pcm16 and g711_ulaw are simulated.",
                "output_audio_format" when spoken && (string?)value != Output.Name => "The output format cannot change after audio was produced.",
                "input_audio_sampling_rate" when (int?)value != input.Rate => $"Only {input.Rate} is simulated for {input.Name}.",
                "turn_detection" when value is not null && (value is not JsonObject d || !TurnDetections.Contains((string?)d["type"])) => "turn_detection.type is unknown.",
                "turn_detection" when value is JsonObject d && (bool?)d["auto_truncate"] == true && (bool?)d["interrupt_response"] == false => "auto_truncate needs interrupt_response.",
                "input_audio_noise_reduction" when value is not null && !NoiseReductions.Contains((string?)value["type"]) => "input_audio_noise_reduction.type is unknown.",
                "input_audio_transcription" when value is not null && value["model"] is null => "input_audio_transcription.model is required.",
                _ => null,
            };
            if (fault is not null) return ($"session.{name}", fault);
            if (name == "tools" && FaultOfTools(value) is { } wrong) return wrong;
        }
        return null;
    }

    /// <summary>What is wrong with the list of tools; the parameter names the tool, as the service's does.</summary>
    private static (string, string)? FaultOfTools(JsonNode? value)
    {
        if (value is not JsonArray tools) return ("session.tools", "tools must be an array.");
        foreach (var (i, tool) in tools.Index())
        {
            if (tool is not JsonObject its || its["type"] is null) return ($"session.tools[{i}]", "A tool must be an object with a type.");
            if (its["type"]!.ToString() != "function") continue;
            if (its["name"] is null) return ($"session.tools[{i}].name", "A function must have a name.");
            if (its["parameters"] is { } parameters && (parameters as JsonObject)?["type"]?.ToString() != "object")
                return ($"session.tools[{i}].parameters", "The parameters of a function must be a schema of type object.");
        }
        return null;
    }

    private static JsonObject TurnDetection(JsonObject given)
    {
        var server = (string?)given["type"] == "server_vad";
        Default("threshold", 0.5);
        Default("prefix_padding_ms", server ? 400 : 420);
        Default("silence_duration_ms", 500);
        Default("speech_duration_ms", server ? 200 : 80);
        Default("create_response", true);
        Default("interrupt_response", true);
        Default("auto_truncate", false);
        return given;

        void Default(string name, JsonNode value)
        {
            if (given[name] is null) given[name] = value;
        }
    }
}
