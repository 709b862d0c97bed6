using StackExchange.Redis;
using VoiceBridge.Cluster;
using VoiceBridge.Cluster.Admission;
using VoiceBridge.Cluster.Calls;
using VoiceBridge.Cluster.Connections;
using VoiceBridge.Cluster.Gateways;
using VoiceBridge.Cluster.Transcripts;
using VoiceBridge.Cluster.Trust;
using VoiceBridge.ServiceDefaults.Hosting;

namespace VoiceBridge.Local;

/// <summary>What the replicas know of each other, read by the local system's views and by tests.</summary>
public sealed class ClusterAccess : IDisposable
{
    private readonly IHost _host;

    internal ClusterAccess(IReadOnlyDictionary<string, string?> settings)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Configuration.AddInMemoryCollection(settings);
        builder.AddClusterRedis();
        builder.Services.AddCluster(builder.Configuration);
        _host = builder.Build();
    }

    /// <summary>The calls.</summary>
    public CallStore Calls => _host.Services.GetRequiredService<CallStore>();

    /// <summary>The gateways.</summary>
    public GatewayRegistry Gateways => _host.Services.GetRequiredService<GatewayRegistry>();

    /// <summary>The open media sockets.</summary>
    public ConnectionDirectory Connections => _host.Services.GetRequiredService<ConnectionDirectory>();

    /// <summary>Who waits, who has a slot.</summary>
    public AdmissionQueue Desk => _host.Services.GetRequiredService<AdmissionQueue>();

    /// <summary>What was said in calls that go on.</summary>
    public WorkingTurns Turns => _host.Services.GetRequiredService<WorkingTurns>();

    /// <summary>The redacted copies of what was said, where they are kept.</summary>
    public Transcripts Transcripts => _host.Services.GetRequiredService<Transcripts>();

    /// <summary>Issues what opens a media socket.</summary>
    public MediaTickets Tickets => _host.Services.GetRequiredService<MediaTickets>();

    /// <summary>The Redis server itself.</summary>
    public IConnectionMultiplexer Redis => _host.Services.GetRequiredService<IConnectionMultiplexer>();

    public void Dispose() => _host.Dispose();
}
