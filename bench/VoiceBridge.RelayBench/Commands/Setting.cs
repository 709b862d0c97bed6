using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Serialization;
using VoiceBridge.RelayBench.Cloud;
using VoiceBridge.RelayBench.Report;

namespace VoiceBridge.RelayBench.Commands;

/// <summary>What all measuring commands are told: where things are, and where the figures go.</summary>
internal sealed class Setting
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true, NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals };

    private readonly Option<string> _gateway = new("--gateway") { Required = true, Description = "VoiceBridge.MediaGateway.dll as published" };
    private readonly Option<string?> _callControl = new("--call-control") { Description = "VoiceBridge.CallControl.dll as published, for the whole flow" };
    private readonly Option<string> _redis = new("--redis") { Required = true, Description = "host:port for the gateway's heartbeats" };
    private readonly Option<int> _cloud = new("--cloud") { Required = true, Description = "the cloud command's port" };
    private readonly Option<string> _certificate = new("--certificate") { Required = true, Description = "the cloud command's certificate" };
    private readonly Option<int[]> _helpers = new("--helpers") { Description = "processes that belong to the bench", AllowMultipleArgumentsPerToken = true, DefaultValueFactory = _ => [] };
    private readonly Option<string?> _json = new("--json") { Description = "a file for the figures" };
    private readonly Option<string[]> _set = new("--set") { Description = "NAME=VALUE for the gateway's environment", AllowMultipleArgumentsPerToken = true, DefaultValueFactory = _ => [] };

    public void AddTo(Command command)
    {
        foreach (var option in new Option[] { _gateway, _callControl, _redis, _cloud, _certificate, _helpers, _json, _set }) command.Add(option);
    }

    public Subjects Subjects(ParseResult parsed) => new(
        parsed.GetRequiredValue(_gateway), parsed.GetValue(_callControl), parsed.GetRequiredValue(_redis), Cloud(parsed),
        parsed.GetValue(_set)!.Select(pair => pair.Split('=', 2)).ToDictionary(pair => pair[0], pair => pair.Length > 1 ? pair[1] : ""));

    /// <summary>Where to measure, with the generator warm.</summary>
    public Rig Rig(ParseResult parsed)
    {
        Report.Rig.WarmUp();
        return new Rig(Cloud(parsed), parsed.GetValue(_helpers)!);
    }

    public void Save<T>(ParseResult parsed, T figures)
    {
        if (parsed.GetValue(_json) is { } path) File.WriteAllText(path, JsonSerializer.Serialize(figures, Json));
    }

    public static T Load<T>(string path) => JsonSerializer.Deserialize<T>(File.ReadAllText(path), Json) ?? throw new InvalidDataException($"{path} is empty.");

    private CloudClient Cloud(ParseResult parsed) => new(parsed.GetValue(_cloud), parsed.GetRequiredValue(_certificate));
}
