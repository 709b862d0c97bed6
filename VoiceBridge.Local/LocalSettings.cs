using System.Globalization;
using System.Security.Cryptography;
using VoiceBridge.Simulator;

namespace VoiceBridge.Local;

/// <summary>The settings of each service of one local system: fresh keys for each run, and the addresses of the others.</summary>
internal sealed class LocalSettings(LocalOptions options)
{
    private const int KeyBytes = 32;

    /// <summary>Enough for every call that a local system can take at once.</summary>
    private const int ConnectionsPerMinute = 6_000;

    private readonly string _clusterKey = Convert.ToBase64String(RandomNumberGenerator.GetBytes(KeyBytes));

    /// <summary>Voice Live is a real one: its endpoints are configured.</summary>
    public bool RealVoiceLive { get; } = HasVoiceLive(options.Given);

    /// <summary>The phone is a real one: an ACS resource is configured.</summary>
    public bool RealPhone { get; } = HasPhone(options.Given);

    /// <summary>The secret of the Event Grid webhook's address.</summary>
    public string WebhookKey { get; } = options.Given["EventGrid:Keys:0"] ?? Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(KeyBytes / 2));

    /// <summary>The connection string of Redis.</summary>
    public required string Redis { get; init; }

    /// <summary>Where CallControl is reached: its ingress.</summary>
    public required Uri CallControl { get; init; }

    /// <summary>Where the gateways are reached: their ingress; null when each replica of CallControl names one gateway.</summary>
    public required Uri? Media { get; init; }

    /// <summary>The simulated Azure, where one runs.</summary>
    public required SimulatedAzure? Azure { get; init; }

    public static bool HasVoiceLive(IConfiguration given) => given.GetSection("VoiceLive:Endpoints").GetChildren().Any();

    public static bool HasPhone(IConfiguration given) => given["Acs:ConnectionString"] is { Length: > 0 } || given["Acs:Endpoint"] is { Length: > 0 };

    /// <summary>What all services share.</summary>
    public Dictionary<string, string?> Shared() => Over(new()
    {
        ["ConnectionStrings:redis"] = Redis,
        ["ConnectionStrings:history"] = options.History,
        ["Cluster:Name"] = options.ClusterName,
        ["Cluster:Keys:0"] = _clusterKey,
        // Replicas share this machine's cores with the calls that are going on, and its user waits for the first one.
        ["WarmUp:Seconds"] = "0",
        ["Logging:LogLevel:Default"] = options.Processes ? options.ChildLogLevel.ToString() : null,
    });

    /// <summary>A replica of CallControl whose callers' audio goes to <paramref name="media"/>.</summary>
    public Dictionary<string, string?> ForCallControl(Uri media)
    {
        var settings = Shared();
        settings["CallControl:PublicUrl"] = options.Given["CallControl:PublicUrl"] ?? Base(CallControl);
        settings["Media:PublicUrl"] = options.Given["Media:PublicUrl"] ?? WebSocket(media);
        settings["EventGrid:Keys:0"] = WebhookKey;
        if (!RealPhone)
        {
            settings["EventGrid:SubscriptionName"] = Azure!.Options.SubscriptionName;
            settings["Acs:ConnectionString"] = Azure.AcsConnectionString;
        }
        return Over(WithAcsTokens(settings));
    }

    /// <summary>A gateway.</summary>
    public Dictionary<string, string?> ForGateway()
    {
        var settings = Shared();
        settings["Gateway:MaxConnections"] = options.ConnectionsPerGateway.ToString(CultureInfo.InvariantCulture);
        settings["CallControl:Url"] = Base(CallControl);
        settings["Drain:Seconds"] = "5";
        if (!RealVoiceLive) AddVoiceLive(settings);
        // A sentence that the simulated agent has been recorded with.
        if (!RealVoiceLive && !options.Given.GetSection("Agents").Exists()) settings["Agents:default:Greeting"] = "Hello, how can I help you today?";
        return Over(WithAcsTokens(settings));
    }

    /// <summary>The dashboard.</summary>
    public Dictionary<string, string?> ForDashboard()
    {
        var settings = Shared();
        settings["CallControl:Url"] = Base(CallControl);
        settings["Media:PublicUrl"] = Media is { } media ? WebSocket(media) : null;
        return Over(settings);
    }

    /// <summary>The simulated Voice Live resources: those that were set up, else the default one.</summary>
    private void AddVoiceLive(Dictionary<string, string?> settings)
    {
        var voiceLive = Azure!.Options.VoiceLive;
        if (voiceLive.Endpoints.Count == 0) Add(0, "simulated", Azure.VoiceLiveEndpoint, Azure.Options.VoiceLiveKey, voiceLive.ConnectionsPerMinute);
        foreach (var (index, (name, endpoint)) in voiceLive.Endpoints.Index())
        {
            Add(index, name, Azure.VoiceLiveEndpointNamed(name), endpoint.Key ?? Azure.Options.VoiceLiveKey,
                endpoint.ConnectionsPerMinute ?? voiceLive.ConnectionsPerMinute);
        }

        void Add(int index, string name, Uri url, string key, int perMinute)
        {
            var prefix = string.Create(CultureInfo.InvariantCulture, $"VoiceLive:Endpoints:{index}:");
            settings[prefix + "Name"] = name;
            settings[prefix + "Url"] = url.ToString();
            settings[prefix + "Model"] = "gpt-realtime";
            settings[prefix + "Key"] = key;
            // 0 is the simulator's "no limit".
            settings[prefix + "ConnectionsPerMinute"] = (perMinute == 0 ? ConnectionsPerMinute : perMinute).ToString(CultureInfo.InvariantCulture);
        }
    }

    private Dictionary<string, string?> WithAcsTokens(Dictionary<string, string?> settings)
    {
        if (RealPhone) return settings;
        settings["Acs:ResourceId"] = Azure!.Options.ResourceId;
        settings["Acs:OpenIdConfiguration"] = Azure.OpenIdConfiguration.ToString();
        return settings;
    }

    private Dictionary<string, string?> Over(Dictionary<string, string?> settings)
    {
        foreach (var (key, value) in options.Settings) settings[key] = value;
        return settings;
    }

    private static string Base(Uri address) => address.GetLeftPart(UriPartial.Authority);

    private static string WebSocket(Uri address) => new UriBuilder(address) { Scheme = "ws" }.Uri.GetLeftPart(UriPartial.Authority);
}
