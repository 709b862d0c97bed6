using System.Collections.Concurrent;
using Microsoft.AspNetCore.Connections;
using VoiceBridge.Dashboard;
using VoiceBridge.Local.Hosting;
using VoiceBridge.Local.Ingress;
using VoiceBridge.Local.Joining;
using VoiceBridge.Local.Redis;
using VoiceBridge.Simulator;

namespace VoiceBridge.Local;

/// <summary>
/// The whole system on this machine, on real loopback sockets: Redis, CallControl replicas and gateways, each kind behind an
/// ingress, the dashboard, and a simulated Azure. Used by <c>./up.sh</c> and by the system tests.
/// </summary>
public sealed partial class LocalSystem : IAsyncDisposable
{
    private const int DashboardPort = 5080;
    private const int CallControlPort = 5100;
    private const int MediaPort = 5200;
    private const int AzurePort = 5300;
    private const int RedisPort = 5379;
    private const int StartAttempts = 4;
    private const string ReadyPath = "/ready";
    private const string AlivePath = "/alive";

    private readonly LocalOptions _options;
    private readonly Ports _ports;
    private readonly List<IAsyncDisposable> _owned = [];
    private readonly List<Service> _gateways = [];
    private readonly List<Service> _controls = [];
    private readonly ConcurrentDictionary<string, string> _gatewayIds = [];
    private LocalSettings _settings = null!;
    private EmbeddedRedis? _redis;
    private IngressApp _controlIngress = null!;
    private IngressApp? _mediaIngress;
    private Joined? _joined;

    private LocalSystem(LocalOptions options) => (_options, _ports) = (options, new Ports(options.UsualPorts));

    /// <summary>The simulated Azure; null when the phone and Voice Live are real ones.</summary>
    public SimulatedAzure? Azure { get; private set; }

    /// <summary>The gateways, running or not.</summary>
    public IReadOnlyList<Service> Gateways => _gateways;

    /// <summary>The CallControl replicas, running or not.</summary>
    public IReadOnlyList<Service> Controls => _controls;

    /// <summary>What the replicas know of each other.</summary>
    public ClusterAccess Cluster { get; private set; } = null!;

    /// <summary>What the cluster's keys in Redis are named after.</summary>
    public string ClusterName { get; private set; } = "";

    /// <summary>The dashboard, where one runs.</summary>
    public Uri? Dashboard { get; private set; }

    /// <summary>Where CallControl is reached from outside.</summary>
    public Uri CallControl => _controlIngress.Address;

    /// <summary>Where the gateways are reached from outside: their ingress, or without one the first gateway.</summary>
    public Uri Media => _mediaIngress?.Address ?? _gateways[0].Address;

    /// <summary>Where Event Grid delivers, with the key.</summary>
    public Uri Webhook => new(CallControl, $"/acs/incomingcall?code={_settings.WebhookKey}");

    /// <summary>Calls come from the Simulator.</summary>
    public bool SimulatedPhone => !_settings.RealPhone;

    /// <summary>Callers can come over the Simulator's Twilio too.</summary>
    public bool HasTwilio => SimulatedPhone && _options.Twilio;

    /// <summary>The agent is the Simulator's: it knows only sentences of its own.</summary>
    public bool SimulatedAgent => !_settings.RealVoiceLive;

    /// <summary>What the user should know, e.g. of ports that were busy.</summary>
    public IReadOnlyList<string> Notes => _ports.Notes;

    /// <summary>Starts everything and waits until every gateway is known to the cluster.</summary>
    public static Task<LocalSystem> StartAsync(LocalOptions options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(options);
        return StartAsync(options, StartAttempts, cancellationToken);
    }

    private static async Task<LocalSystem> StartAsync(LocalOptions options, int attempts, CancellationToken cancellationToken)
    {
        var system = new LocalSystem(options);
        try
        {
            await system.StartAsync(cancellationToken);
            return system;
        }
        catch (IOException exception) when (attempts > 1 && exception.InnerException is AddressInUseException)
        {
            // Somebody took a port between the look and the bind, e.g. another local system that starts beside this one.
            await system.DisposeAsync();
            return await StartAsync(options, attempts - 1, cancellationToken);
        }
        catch
        {
            await system.DisposeAsync();
            throw;
        }
    }

    /// <summary>Stops everything: callers first, then the services in the order of a call, then Redis.</summary>
    public async ValueTask DisposeAsync()
    {
        _join?.Delete();
        if (_joined is not null) await _joined.DisposeAsync();
        if (Azure is not null) await Azure.DisposeAsync();
        await Task.WhenAll(_controls.Concat(_gateways).Select(service => service.DisposeAsync().AsTask()));
        for (var i = _owned.Count - 1; i >= 0; i--) await _owned[i].DisposeAsync();
        Cluster?.Dispose();
        _redis?.Dispose();
    }

    private async Task StartAsync(CancellationToken cancellationToken)
    {
        if (_options.Redis is { } server) await RedisServer.CheckAsync(server, cancellationToken);
        _controlIngress = await StartIngressAsync(_ports.Take("CallControl", CallControlPort), AlivePath, cancellationToken);
        if (_options.MediaIngress) _mediaIngress = await StartIngressAsync(_ports.Take("media", MediaPort), ReadyPath, cancellationToken);
        if (!LocalSettings.HasPhone(_options.Given) || !LocalSettings.HasVoiceLive(_options.Given)) await StartAzureAsync(cancellationToken);
        _settings = new LocalSettings(_options)
        {
            Redis = _options.Redis is { } given ? $"{given},abortConnect=false" : StartRedis(),
            CallControl = _controlIngress.Address,
            Media = _mediaIngress?.Address,
            Azure = Azure,
        };
        if (Azure is not null)
        {
            Azure.Options.Webhook = Webhook;
            // As the documentation tells to configure a number: a replica that dies while it is asked costs a second, not the call.
            Azure.Options.Twilio.VoiceUrl = Azure.Options.Twilio.FallbackUrl = new Uri(CallControl, "/twilio/voice");
            Azure.Options.Twilio.StatusCallback = new Uri(CallControl, "/twilio/status");
        }
        var shared = _settings.Shared().Flat();
        ClusterName = shared["Cluster:Name"]!;
        shared["ConnectionStrings:redis"] += ",allowAdmin=true";
        Cluster = new ClusterAccess(shared);

        for (var i = 0; i < _options.Gateways; i++) await AddGatewayAsync(cancellationToken);
        for (var i = 0; i < _options.Controls; i++) await AddControlAsync(cancellationToken);
        if (_options.Dashboard) await StartDashboardAsync(cancellationToken);
        if (SimulatedPhone) await Azure!.SubscribeAsync(cancellationToken);
        if (_options.Joinable) StartJoining();
    }

    private async Task StartAzureAsync(CancellationToken cancellationToken)
    {
        var behaviour = new SimulatorOptions();
        _options.Simulate?.Invoke(behaviour);
        Azure = await SimulatedAzure.StartAsync(behaviour, _ports.Take("the simulated Azure", AzurePort), ct: cancellationToken);
    }

    private string StartRedis()
    {
        _redis = EmbeddedRedis.Start(_ports.Take("Redis", RedisPort));
        return _redis.ConnectionString;
    }

    private async Task<IngressApp> StartIngressAsync(int port, string probePath, CancellationToken cancellationToken)
    {
        var ingress = await IngressApp.StartAsync(port, probePath, _options.ReadinessPeriod, _options.Log, cancellationToken);
        _owned.Add(ingress);
        return ingress;
    }

    private async Task StartDashboardAsync(CancellationToken cancellationToken)
    {
        var dashboard = await HostedService.StartAsync(
            "dashboard", _ports.Take("the dashboard", DashboardPort), DashboardApp.Create, _settings.ForDashboard(), _options.Log, cancellationToken);
        _owned.Add(dashboard);
        Dashboard = dashboard.Address;
    }
}
