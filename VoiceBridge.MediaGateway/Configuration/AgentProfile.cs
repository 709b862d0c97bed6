using System.Text.Json;

namespace VoiceBridge.MediaGateway.Configuration;

/// <summary>Who answers: one <c>Agents:&lt;name&gt;</c> of the configuration, read, checked and never changed. Calls keep the profile they began with.</summary>
internal sealed record AgentProfile
{
    public const string DefaultName = "default";

    /// <summary>The service's own <c>silence_duration_ms</c>, by its reference.</summary>
    private const int DefaultSilenceMs = 500;

    public required string Name { get; init; }

    /// <summary>The dialled numbers that this profile answers, E.164.</summary>
    public IReadOnlyList<string> Numbers { get; init; } = [];

    /// <summary>The <c>session</c> object of <c>session.update</c>, except what differs from call to call (tools, metadata, transcription by model).</summary>
    public required JsonElement Session { get; init; }

    /// <summary>Null: the agent waits until the caller speaks.</summary>
    public Greeting? Greeting { get; init; }

    public SilencePlan Silence { get; init; } = SilencePlan.English;

    /// <summary>Names of the tools and MCP servers offered to the model; null: all that there are.</summary>
    public IReadOnlyList<string>? Tools { get; init; }

    /// <summary>Whether the model may hang up.</summary>
    public bool MayEndCall { get; init; } = true;

    /// <summary>Where the model may transfer a caller to: name -> number.</summary>
    public IReadOnlyDictionary<string, string> TransferNumbers { get; init; } = new Dictionary<string, string>();

    /// <summary>Whether browser callers may be transferred as well: there is a telephone call only where somebody places one for them.</summary>
    public bool TransfersFromWeb { get; init; }

    /// <summary>Whether a caller who asks for something more during the goodbye keeps the call.</summary>
    public bool EndCallInterruptible { get; init; } = true;

    /// <summary>What a caller hears while a tool runs or a transfer rings.</summary>
    public WorkingPlan Working { get; init; } = WorkingPlan.Default;

    /// <summary>How long after a key the next one may come before the keys are handed to the model.</summary>
    public TimeSpan DtmfGap { get; init; } = TimeSpan.FromSeconds(1.5);

    /// <summary>Model to connect with, instead of the endpoint's.</summary>
    public string? Model { get; init; }

    /// <summary>Agent to connect to, instead of the endpoint's (agent mode).</summary>
    public string? AgentName { get; init; }

    public string? ProjectName { get; init; }

    public string? AgentVersion { get; init; }

    /// <summary>What to open sessions to; null leaves it to the endpoint.</summary>
    public SessionTarget? Target => AgentName is not null ? new SessionTarget(null, AgentName, ProjectName, AgentVersion)
        : Model is not null ? new SessionTarget(Model)
        : null;

    /// <summary>Languages of the callers (BCP 47), the most usual first; empty: the service finds out.</summary>
    public IReadOnlyList<string> Languages { get; init; } = [];

    /// <summary>Whether the transcription was chosen in the configuration (or switched off) and not left to the model in use.</summary>
    public bool TranscriptionChosen { get; init; }

    /// <summary>Whether what the caller says is written down.</summary>
    public bool Transcribes => !TranscriptionChosen
        || (Session.TryGetProperty("input_audio_transcription", out var transcription) && transcription.ValueKind == JsonValueKind.Object);

    /// <summary>Whether a caller who speaks cuts the agent off (after the greeting).</summary>
    public bool InterruptResponse => TurnDetectionFlag("interrupt_response");

    /// <summary>Whether the service answers a caller's turn by itself.</summary>
    public bool CreateResponse => TurnDetectionFlag("create_response");

    /// <summary>How long the service waits after the caller's last word before it takes the turn for ended: as configured, or its default.</summary>
    public TimeSpan EndOfTurn => TimeSpan.FromMilliseconds(
        Session.ValueKind != JsonValueKind.Object || !Session.TryGetProperty("turn_detection", out var detection) || detection.ValueKind != JsonValueKind.Object ? 0
        : detection.TryGetProperty("silence_duration_ms", out var silence) && silence.TryGetInt32(out var ms) ? ms : DefaultSilenceMs);

    /// <summary>Both flags are on unless they are switched off; without turn detection there is nothing that they could do.</summary>
    private bool TurnDetectionFlag(string name) =>
        Session.TryGetProperty("turn_detection", out var detection) && detection.ValueKind == JsonValueKind.Object
        && (!detection.TryGetProperty(name, out var flag) || flag.ValueKind == JsonValueKind.True);
}
