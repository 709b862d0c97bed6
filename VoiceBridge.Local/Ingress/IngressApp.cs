using System.Net;
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.Health;
using Yarp.ReverseProxy.LoadBalancing;
using Yarp.ReverseProxy.Transforms;

namespace VoiceBridge.Local.Ingress;

/// <summary>
/// The ingress before the replicas of one service, as Azure Container Apps' is: round robin, blind to load, and it learns only
/// with the next probe that a replica is not ready.
/// </summary>
internal sealed class IngressApp : IAsyncDisposable
{
    private const string Name = "replicas";
    private readonly WebApplication _app;
    private readonly InMemoryConfigProvider _routes;
    private readonly string _probePath;
    private readonly TimeSpan _probePeriod;

    private IngressApp(WebApplication app, InMemoryConfigProvider routes, string probePath, TimeSpan probePeriod) =>
        (_app, _routes, _probePath, _probePeriod) = (app, routes, probePath, probePeriod);

    /// <summary>Where it listens.</summary>
    public Uri Address => new(_app.Urls.First());

    /// <summary>Starts an ingress without replicas: it answers 503 until <see cref="Route"/> names some.</summary>
    public static async Task<IngressApp> StartAsync(
        int port, string probePath, TimeSpan probePeriod, ILoggerProvider? log, CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, port));
        builder.Logging.ClearProviders();
        if (log is not null) builder.Logging.AddProvider(log).SetMinimumLevel(LogLevel.Error);
        // A port that is taken is the caller's to tell of.
        builder.Logging.AddFilter("Microsoft.Extensions.Hosting", LogLevel.None);
        var routes = new InMemoryConfigProvider([], []);
        builder.Services.AddSingleton<IProxyConfigProvider>(routes).AddReverseProxy();
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = TimeSpan.FromSeconds(1));

        var app = builder.Build();
        app.MapReverseProxy();
        await app.StartAsync(cancellationToken);
        return new IngressApp(app, routes, probePath, probePeriod);
    }

    /// <summary>Sends new requests and sockets to these replicas; those that are open stay where they are.</summary>
    public void Route(IEnumerable<Uri> replicas) => _routes.Update(
        // Forwarding headers pass as they come: a request of this machine stays one of this machine, and one through a tunnel is known as such.
        [new RouteConfig { RouteId = Name, ClusterId = Name, Match = new RouteMatch { Path = "{**rest}" } }.WithTransformXForwarded(xDefault: ForwardedTransformActions.Off)],
        [new ClusterConfig
        {
            ClusterId = Name,
            LoadBalancingPolicy = LoadBalancingPolicies.RoundRobin,
            Destinations = replicas.ToDictionary(replica => replica.Authority, replica => new DestinationConfig { Address = replica.ToString() }),
            HealthCheck = new HealthCheckConfig
            {
                Active = new ActiveHealthCheckConfig
                {
                    Enabled = true,
                    Path = _probePath,
                    Interval = _probePeriod,
                    Timeout = TimeSpan.FromSeconds(2),
                    Policy = HealthCheckConstants.ActivePolicy.ConsecutiveFailures,
                },
            },
            Metadata = new Dictionary<string, string> { [ConsecutiveFailuresHealthPolicyOptions.ThresholdMetadataName] = "1" },
        }]);

    public async ValueTask DisposeAsync()
    {
        try
        {
            await _app.StopAsync(new CancellationToken(canceled: true));
        }
        catch (OperationCanceledException)
        {
            // Sockets that were still open are cut off.
        }
        await _app.DisposeAsync();
    }
}
