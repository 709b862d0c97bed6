using System.Text.Json;
using System.Text.Json.Nodes;

namespace VoiceBridge.MediaGateway.Configuration;

/// <summary>Reads one <c>Agents:&lt;name&gt;</c>: the schema finds its mistakes, what the schema cannot say is checked here.</summary>
internal sealed class ProfileReader
{
    private readonly string _name;
    private readonly FormerSettings _settings;
    private readonly JsonObject _json;
    private readonly JsonObject _session;

    public ProfileReader(string name, IConfigurationSection section)
    {
        _name = name;
        _settings = new FormerSettings(section);
        var schema = Schema.OfSettings.Member("Agents").Member(name);
        _json = ConfiguredJson.Read(_settings.Section, schema) as JsonObject ?? [];
        Languages = Texts(nameof(Languages));
        Numbers = Texts(nameof(Numbers));
        Tools = _json.ContainsKey(nameof(Tools)) ? Texts(nameof(Tools)) : null;

        var given = _json["Session"] as JsonObject ?? [];
        _session = ProfileSession.Complete(given, IsAgent ? null : Text("Instructions") ?? "", Languages);
        if (_json["Session"] is null or JsonObject)
            _json["Session"] = _session;
        foreach (var problem in schema.Problems(JsonSerializer.SerializeToElement(_json), separator: ':'))
        {
            var line = $"{PathOf(problem.Path)} {problem.What}.";
            // The API may have fields that are newer than the schema.
            if (problem.IsUnknownName && line.StartsWith(PathOf("Session"), StringComparison.Ordinal))
                Warnings.Add($"{line} It is sent as it is.");
            else
                Errors.Add(line);
        }
        Warnings.AddRange(_settings.Warnings);
        Check(given);
    }

    public IReadOnlyList<string> Numbers { get; }

    public IReadOnlyList<string>? Tools { get; }

    public List<string> Errors { get; } = [];

    public List<string> Warnings { get; } = [];

    private string[] Languages { get; }

    private bool IsAgent => Text("AgentName") is not null;

    private bool IsDefault => _name.Equals(AgentProfile.DefaultName, StringComparison.OrdinalIgnoreCase);

    private bool IsEnglish => Languages.Length == 0 || ProfileSession.IsEnglish(Languages[0]);

    /// <summary>The whole name of a setting of this profile.</summary>
    public string PathOf(string setting) => setting.Length == 0 ? _settings.PathOf("").TrimEnd(':') : _settings.PathOf(setting);

    /// <summary>The profile, if it has no errors.</summary>
    /// <param name="silence">What <c>Silence</c> says for all profiles.</param>
    public AgentProfile Make(JsonObject? silence)
    {
        var transfer = _json["Transfer"];
        var working = _json["Working"];
        return new AgentProfile
        {
            Name = _name,
            Numbers = Numbers,
            Languages = Languages,
            Session = JsonSerializer.SerializeToElement(ProfileSession.WithoutTheCalls(_session)),
            Greeting = MakeGreeting(),
            Silence = SilencePlan.Make(IsEnglish, silence, _json["Silence"] as JsonObject),
            Tools = Tools,
            MayEndCall = Flag(_json, "MayEndCall") ?? true,
            TransfersFromWeb = Flag(transfer, "FromWeb") ?? false,
            TransferNumbers = transfer?[nameof(Numbers)].Deserialize<Dictionary<string, string>>() ?? [],
            EndCallInterruptible = Flag(_json["EndCall"], "Interruptible") ?? true,
            Working = _json.ContainsKey("Working") && working is null ? WorkingPlan.Off
                : new WorkingPlan(Time(working, "After") ?? WorkingPlan.Default.After, (string?)working?["Sound"] == "phrase"),
            DtmfGap = Time(_json["Dtmf"], "Gap") ?? TimeSpan.FromSeconds(1.5),
            Model = Text("Model"),
            AgentName = Text("AgentName"),
            ProjectName = Text("ProjectName"),
            AgentVersion = Text("AgentVersion"),
        };
    }

    private void Check(JsonObject given)
    {
        if (IsAgent && Text("ProjectName") is null)
            Errors.Add($"{PathOf("ProjectName")} is missing: AgentName needs it.");
        // Agents bring their own instructions; the service refuses others.
        if (IsAgent && Text("Instructions") is not null)
            Errors.Add($"{PathOf("Instructions")} cannot be combined with AgentName: the agent has its own.");
        else if (!IsAgent && !IsDefault && string.IsNullOrWhiteSpace(Text("Instructions")) && given["instructions"] is null)
            Errors.Add($"{PathOf("Instructions")} is missing.");
        Errors.AddRange(ServedTools.Problems(_session["tools"]).Select(problem => $"{PathOf("Session:tools:" + problem)}."));
    }

    private Greeting? MakeGreeting()
    {
        if (_json.ContainsKey("Greeting") && _json["Greeting"] is null)
            return null;
        var json = _json["Greeting"];
        var greeting = new Greeting((string?)json?["Text"], (string?)json?["Instructions"], Flag(json, "Interruptible") ?? false);
        if (greeting.Text is not null || greeting.Instructions is not null)
            return greeting;
        return IsDefault && IsEnglish
            ? greeting with { Text = "Hello! How can I help you?" }
            : greeting with { Instructions = "Greet the caller in one short sentence and ask how you can help." };
    }

    private string? Text(string name) => _json[name] is JsonValue value && value.TryGetValue(out string? text) ? text : null;

    private string[] Texts(string name) => _json[name] is JsonArray list ? [.. list.Select(item => item?.ToString() ?? "").Where(text => text.Length > 0)] : [];

    private static bool? Flag(JsonNode? json, string name) => (bool?)json?[name];

    private static TimeSpan? Time(JsonNode? json, string name) => json?[name].Deserialize<TimeSpan?>();
}
