using VoiceBridge.Simulator;

namespace VoiceBridge.Local;

/// <summary>What is composed, and what happens then. The command line and the system tests both fill this in.</summary>
public sealed record LocalOptions
{
    /// <summary>Gateways, each a service of its own behind the ingress.</summary>
    public int Gateways { get; init; } = 2;

    /// <summary>CallControl replicas behind the ingress.</summary>
    public int Controls { get; init; } = 2;

    /// <summary>Calls that one gateway takes at most.</summary>
    public int ConnectionsPerGateway { get; init; } = 100;

    /// <summary>A Redis server to use, as <c>host:port</c> or a connection string; null starts the embedded one.</summary>
    public string? Redis { get; init; }

    /// <summary>Name of the cluster: what its keys in Redis start with. Replicas of another name are another cluster.</summary>
    public string ClusterName { get; init; } = $"local-{Guid.NewGuid().ToString("N")[..8]}";

    /// <summary>Where ended calls are kept, as a connection string to SQLite or PostgreSQL; null keeps none.</summary>
    public string? History { get; init; }

    /// <summary>Where each call is recorded as a stereo WAV; null records nothing.</summary>
    public string? RecordFolder { get; init; }

    /// <summary>Gateways and CallControl replicas are processes of their own, so that they can be killed.</summary>
    public bool Processes { get; init; }

    /// <summary>Callers can come over a simulated Twilio too, beside those of ACS.</summary>
    public bool Twilio { get; init; }

    /// <summary>The dashboard runs too.</summary>
    public bool Dashboard { get; init; } = true;

    /// <summary>The well-known ports of the local system, where free. False: any free ports.</summary>
    public bool UsualPorts { get; init; }

    /// <summary>Services that the user starts beside it may join: <c>./up.sh join</c> tells how.</summary>
    public bool Joinable { get; init; }

    /// <summary>
    /// Media sockets go through the ingress. False: CallControl replica n names gateway n directly, so that nothing stands
    /// between a caller and a gateway.
    /// </summary>
    public bool MediaIngress { get; init; } = true;

    /// <summary>How late the ingress sees that a replica is not ready (any more). Azure Container Apps probes every 5 s by default.</summary>
    public TimeSpan ReadinessPeriod { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The user's settings: Voice Live or ACS settings found here replace the simulated ones. Changes count while it runs, except for processes of their own.</summary>
    public IConfiguration Given { get; init; } = new ConfigurationBuilder().AddInMemoryCollection().Build();

    /// <summary>Settings for every service, over the ones that are composed.</summary>
    public IReadOnlyDictionary<string, string?> Settings { get; init; } = new Dictionary<string, string?>();

    /// <summary>Changes the simulated Azure before it starts.</summary>
    public Action<SimulatorOptions>? Simulate { get; init; }

    /// <summary>Where the services of this process log to; null: nowhere.</summary>
    public ILoggerProvider? Log { get; init; }

    /// <summary>From which level on services in processes of their own write.</summary>
    public LogLevel ChildLogLevel { get; init; } = LogLevel.Warning;

    /// <summary>Receives what services in processes of their own write.</summary>
    public Action<string>? ChildOutput { get; init; }
}
