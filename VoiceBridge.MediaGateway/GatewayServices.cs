using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Identity;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using VoiceBridge.Cluster;
using VoiceBridge.MediaGateway.Agents;
using VoiceBridge.MediaGateway.Callers;
using VoiceBridge.MediaGateway.Callers.Acs;
using VoiceBridge.MediaGateway.Callers.Twilio;
using VoiceBridge.MediaGateway.Callers.Web;
using VoiceBridge.MediaGateway.Calls;
using VoiceBridge.MediaGateway.Calls.Phone;
using VoiceBridge.MediaGateway.Configuration;
using VoiceBridge.MediaGateway.Connections;
using VoiceBridge.MediaGateway.Engines.VoiceLive;
using VoiceBridge.MediaGateway.Sockets;
using VoiceBridge.ServiceDefaults.Access;
using VoiceBridge.ServiceDefaults.Access.Twilio;

namespace VoiceBridge.MediaGateway;

/// <summary>Registers what the gateway is made of.</summary>
internal static class GatewayServices
{
    // Beyond the calls' own time: for the hand-over, and for what is left to be written.
    private static readonly TimeSpan AfterDrain = TimeSpan.FromSeconds(30);

    public static void AddMediaGateway(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddCluster(builder.Configuration);
        services.AddProtectionCheck<GatewayProtections>();
        services.AddOptionsSections();
        services.AddOptions<HostOptions>().Configure<IOptions<DrainOptions>>((host, drain) =>
            host.ShutdownTimeout = TimeSpan.FromSeconds(drain.Value.Seconds) + AfterDrain);

        services.AddSingleton(provider => new GatewayIdentity(ReplicaName(provider), provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<ConnectionManager>();
        services.AddSingleton<IConnections>(provider => provider.GetRequiredService<ConnectionManager>());
        services.AddSingleton<ProbeLimiter>();
        services.AddSingleton<ProcessUsage>();
        services.AddSingleton<CallTicker>();
        services.AddSingleton<OtherGateways>();
        services.AddSingleton<Drainer>();
        services.AddHostedService<GatewayHeartbeatService>();
        services.AddHostedService<SocketThreadWatch>();
        services.AddHostedService(provider => provider.GetRequiredService<Drainer>());

        services.TryAddSingleton<TokenCredential>(_ => new DefaultAzureCredential(
            new DefaultAzureCredentialOptions { Transport = new HttpClientTransport(new HttpClient(PoolThreads.Handler())) }));
        services.AddSingleton<VoiceLiveCredential>();
        services.AddSingleton<VoiceLiveConnector>();
        services.AddSingleton<CallServices>();

        services.AddAgents();

        services.ConfigureHttpClientDefaults(http => http.ConfigurePrimaryHttpMessageHandler(PoolThreads.Handler));
        services.AddSingleton<CallControlClient>();
        services.AddHttpClient(CallControlClient.ClientName, (provider, http) =>
        {
            if (provider.GetRequiredService<IConfiguration>()["CallControl:Url"] is { Length: > 0 } url)
                http.BaseAddress = new Uri(url.EndsWith('/') ? url : url + "/");
        });

        services.AddSingleton<MediaAdmission>();
        services.AddSingleton<MediaEndpoint>();
        services.AddSingleton<AcsTokenValidator>();
        services.AddSingleton<AcsEndpoint>();
        services.AddSingleton<TwilioEndpoint>();
        services.AddSingleton<WebEndpoint>();
        services.AddSingleton(provider => new CallerTypes(
            provider.GetRequiredService<IOptions<TwilioOptions>>().Value.IsConfigured ? ["acs", "web", TwilioEndpoint.Type] : ["acs", "web"]));
    }

    // https://learn.microsoft.com/azure/container-apps/environment-variables
    private static string ReplicaName(IServiceProvider services) =>
        services.GetRequiredService<IOptions<GatewayOptions>>().Value.Name is { Length: > 0 } name ? name
        : services.GetRequiredService<IConfiguration>()["CONTAINER_APP_REPLICA_NAME"] is { Length: > 0 } replica ? replica : "gw";

    private static void AddOptionsSections(this IServiceCollection services)
    {
        services.AddOptions<GatewayOptions>().BindConfiguration(GatewayOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddOptions<DrainOptions>().BindConfiguration(DrainOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddOptions<MediaOptions>().BindConfiguration(MediaOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddOptions<CallOptions>().BindConfiguration(CallOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddOptions<AcsOptions>().BindConfiguration(AcsOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddTwilio();
        services.AddOptions<TwilioMediaOptions>().BindConfiguration(TwilioMediaOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddOptions<WebOptions>().BindConfiguration(WebOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddOptions<VoiceLiveOptions>().BindConfiguration(VoiceLiveOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<IValidateOptions<VoiceLiveOptions>, VoiceLiveOptionsValidator>();
    }
}
