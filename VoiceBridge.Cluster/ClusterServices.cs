using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using VoiceBridge.Cluster.Admission;
using VoiceBridge.Cluster.Calls;
using VoiceBridge.Cluster.Connections;
using VoiceBridge.Cluster.Events;
using VoiceBridge.Cluster.Gateways;
using VoiceBridge.Cluster.Transcripts;
using VoiceBridge.Cluster.Trust;

namespace VoiceBridge.Cluster;

/// <summary>Registers what a service needs to be a member of the cluster.</summary>
public static class ClusterServices
{
    /// <summary>
    /// Adds the cluster's classes as singletons. Needs an <c>IConnectionMultiplexer</c>; keys come from <c>Cluster:Keys</c>.
    /// All of them throw a <see cref="StackExchange.Redis.RedisException"/> (or its timeout) while Redis is away.
    /// </summary>
    public static IServiceCollection AddCluster(this IServiceCollection services, IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(configuration);
        services.AddOptions<ClusterOptions>().Bind(configuration.GetSection(ClusterOptions.Section)).ValidateOnStart();
        services.AddOptions<TranscriptOptions>().Bind(configuration.GetSection(TranscriptOptions.Section)).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<ClusterOptions>, ClusterOptionsCheck>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<TranscriptOptions>, TranscriptOptionsCheck>());
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<ClusterKeys>();
        services.AddSingleton<MediaTickets>();
        services.AddSingleton<ClusterTokens>();
        services.AddSingleton<GatewayRegistry>();
        services.AddSingleton<ConnectionDirectory>();
        services.AddSingleton<CallStore>();
        services.AddSingleton<ClaimBook>();
        services.AddSingleton<AdmissionDesk>();
        services.AddSingleton<VoiceLiveBudget>();
        services.AddSingleton<WorkingTurns>();
        services.AddSingleton<Transcripts.Transcripts>();
        services.AddSingleton<ClusterEvents>();
        services.AddSingleton<Series.Series>();
        return services;
    }
}
