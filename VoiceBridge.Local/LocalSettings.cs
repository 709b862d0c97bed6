using System.Globalization;
using System.Security.Cryptography;
using VoiceBridge.Local.Settings;
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
    public ServiceSettings Shared() => With(new()
    {
        ["ConnectionStrings:history"] = options.History,
        ["Cluster:Name"] = options.ClusterName,
        ["Cluster:Keys:0"] = _clusterKey,
        // Replicas share this machine's cores with the calls that are going on, and its user waits for the first one.
        ["WarmUp:Seconds"] = "0",
        ["Logging:LogLevel:Default"] = options.Processes ? options.ChildLogLevel.ToString() : null,
    }, []);

    /// <summary>A replica of CallControl whose callers' audio goes to <paramref name="media"/>.</summary>
    public ServiceSettings ForCallControl(Uri media)
    {
        var usual = new Dictionary<string, string?>(Shared().Usual)
        {
            ["CallControl:PublicUrl"] = Base(CallControl),
            ["Media:PublicUrl"] = WebSocket(media),
            ["EventGrid:Keys:0"] = WebhookKey,
            // Receivers that are tried out are on this machine.
            ["Webhooks:AllowPrivate"] = "true",
        };
        var needed = new Dictionary<string, string?>();
        if (!RealPhone)
        {
            needed["EventGrid:SubscriptionName"] = Azure!.Options.SubscriptionName;
            needed["Acs:ConnectionString"] = Azure.AcsConnectionString;
        }
        return With(usual, WithTwilio(WithAcsTokens(needed), media));
    }

    /// <summary>A gateway of this name, whose callers' audio comes to <paramref name="media"/>.</summary>
    public ServiceSettings ForGateway(string name, Uri media)
    {
        var usual = new Dictionary<string, string?>(Shared().Usual)
        {
            ["Gateway:MaxConnections"] = options.ConnectionsPerGateway.ToString(CultureInfo.InvariantCulture),
            ["Drain:Seconds"] = "5",
        };
        if (!RealVoiceLive) AddVoiceLive(usual);
        // A sentence that the simulated agent has been recorded with.
        if (!RealVoiceLive && !options.Given.GetSection("Agents").Exists()) usual["Agents:default:Greeting"] = "Hello, how can I help you today?";
        return With(usual, WithTwilio(WithAcsTokens(new() { ["CallControl:Url"] = Base(CallControl), ["Gateway:Name"] = name }), media));
    }

    /// <summary>The dashboard.</summary>
    public ServiceSettings ForDashboard()
    {
        var usual = new Dictionary<string, string?>(Shared().Usual)
        {
            ["Media:PublicUrl"] = Media is { } media ? WebSocket(media) : null,
        };
        foreach (var (index, what) in Simulated.Index()) usual[string.Create(CultureInfo.InvariantCulture, $"Dashboard:Simulated:{index}")] = what;
        return With(usual, new() { ["CallControl:Url"] = Base(CallControl) });
    }

    /// <summary>What stands in for the real thing, in the words of the dashboard: <c>phone</c>, <c>agent</c>.</summary>
    public IReadOnlyList<string> Simulated => [.. ((string?[])[RealPhone ? null : "phone", RealVoiceLive ? null : "agent"]).OfType<string>()];

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

    /// <summary>The simulated account, where callers come over it. A real one is in the settings of the process, which every service reads.</summary>
    private Dictionary<string, string?> WithTwilio(Dictionary<string, string?> settings, Uri media)
    {
        if (!options.Twilio || Azure is null) return settings;
        var twilio = Azure.Options.Twilio;
        settings["Twilio:AccountSid"] = twilio.AccountSid;
        settings["Twilio:AuthToken"] = twilio.AuthToken;
        settings["Twilio:SharedKey"] = twilio.SharedKey;
        settings["Twilio:ApiUrl"] = Base(Azure.Address);
        settings["Twilio:PublicUrl"] = Base(CallControl);
        settings["Twilio:MediaUrl"] = WebSocket(media);
        return settings;
    }

    private ServiceSettings With(Dictionary<string, string?> usual, Dictionary<string, string?> needed)
    {
        needed["ConnectionStrings:redis"] = Redis;
        foreach (var (key, value) in options.Settings) needed[key] = value;
        return new ServiceSettings(usual, options.Given, needed);
    }

    private static string Base(Uri address) => address.GetLeftPart(UriPartial.Authority);

    private static string WebSocket(Uri address) => new UriBuilder(address) { Scheme = "ws" }.Uri.GetLeftPart(UriPartial.Authority);
}
