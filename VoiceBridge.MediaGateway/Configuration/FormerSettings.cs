using System.Text.Json;

namespace VoiceBridge.MediaGateway.Configuration;

/// <summary>One <c>Agents:&lt;name&gt;</c> with settings under their former names read as what they are called now. Once a profile had the session's fields in a spelling of its own.</summary>
internal sealed class FormerSettings
{
    private static readonly Dictionary<string, string> Names = new(StringComparer.OrdinalIgnoreCase)
    {
        ["Voice"] = "Session:voice",
        ["TurnDetection"] = "Session:turn_detection",
        ["NoiseReduction"] = "Session:input_audio_noise_reduction",
        ["EchoCancellation"] = "Session:input_audio_echo_cancellation",
        ["Transcription"] = "Session:input_audio_transcription",
        ["Temperature"] = "Session:temperature",
        ["MaxResponseTokens"] = "Session:max_response_output_tokens",
        ["ReasoningEffort"] = "Session:reasoning_effort",
        ["ParallelToolCalls"] = "Session:parallel_tool_calls",
        ["ToolChoice"] = "Session:tool_choice",
        ["InterimResponse"] = "Session:interim_response",
        ["Metadata"] = "Session:metadata",
        ["KeyGap"] = "Dtmf:Gap",
        ["Hold"] = "Working:After",
    };

    private readonly IConfigurationSection _profile;
    private readonly Dictionary<string, string?> _settings = new(StringComparer.OrdinalIgnoreCase);
    private readonly SortedDictionary<string, string> _used = new(StringComparer.OrdinalIgnoreCase);

    public FormerSettings(IConfigurationSection profile)
    {
        _profile = profile;
        var former = new List<(string Name, string[] Fields, string? Value)>();
        foreach (var (path, value) in profile.AsEnumerable(makePathsRelative: true))
        {
            if (path.Split(':') is [var name, .. var rest] && Names.ContainsKey(name))
                former.Add((name, rest, value));
            else if (path.Length > 0)
                _settings[path] = value;
        }
        foreach (var (name, rest, value) in former)
            Rename(name, rest, value);
        Section = new ConfigurationBuilder().AddInMemoryCollection(_settings.Select(setting => KeyValuePair.Create("profile:" + setting.Key, setting.Value))).Build().GetSection("profile");
    }

    /// <summary>The profile under the names of today.</summary>
    public IConfigurationSection Section { get; }

    /// <summary>Which names are to be changed, and to what.</summary>
    public IEnumerable<string> Warnings => _used.Select(name => $"{_profile.Path}:{name.Value} is called {_profile.Path}:{name.Key} now.");

    /// <summary>What the configuration calls the setting, in full.</summary>
    public string PathOf(string setting)
    {
        var now = _used.Keys.FirstOrDefault(now => setting.StartsWith(now, StringComparison.Ordinal) && !_profile.GetSection(setting).Exists());
        if (now is null)
            return $"{_profile.Path}:{setting}";
        string[] path = [_profile.Path, _used[now], .. setting[now.Length..].Split(':', StringSplitOptions.RemoveEmptyEntries).Select(FormerNameOf)];
        return string.Join(':', path);
    }

    private void Rename(string name, string[] rest, string? value)
    {
        var now = Names[name];
        _used[now] = name;
        var isFreeText = name.Equals("Metadata", StringComparison.OrdinalIgnoreCase);
        var path = string.Join(':', rest.Select(field => isFreeText ? field : FieldOf(field)).Prepend(now));
        if (now == "Working:After" && bool.TryParse(value, out var hold))
        {
            if (!hold)
                _settings.TryAdd(now, "00:00:00");
        }
        else if (now == "Session:tool_choice" && value is { Length: > 0 } and not ("auto" or "none" or "required"))
        {
            _settings.TryAdd(now + ":type", "function");
            _settings.TryAdd(now + ":name", value);
        }
        else
        {
            _settings.TryAdd(path, path == "Session:interim_response:type" && value is "static" or "llm" ? value + "_interim_response" : value);
        }
    }

    private static string FieldOf(string name) => name == "EndOfUtterance" ? "end_of_utterance_detection" : JsonNamingPolicy.SnakeCaseLower.ConvertName(name);

    private static string FormerNameOf(string field) =>
        field == "end_of_utterance_detection" ? "EndOfUtterance" : string.Concat(field.Split('_').Select(word => word.Length == 0 ? "" : char.ToUpperInvariant(word[0]) + word[1..]));
}
