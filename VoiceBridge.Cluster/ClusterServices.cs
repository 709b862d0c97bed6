using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using StackExchange.Redis;
using VoiceBridge.Cluster.Admission;
using VoiceBridge.Cluster.Calls;
using VoiceBridge.Cluster.Connections;
using VoiceBridge.Cluster.Events;
using VoiceBridge.Cluster.Gateways;
using VoiceBridge.Cluster.Redis;
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
        services.TryAddSingleton(s => new ClusterClock(TimeProvider.System, Get<ILogger<ClusterClock>>(s)));
        // Unless somebody has chosen a clock (tests do), the cluster's is the service's.
        services.TryAddSingleton(TimeProvider.System);
        if (services.Any(service => service.ServiceType == typeof(TimeProvider) && service.ImplementationInstance == TimeProvider.System))
            services.Replace(ServiceDescriptor.Singleton<TimeProvider>(Get<ClusterClock>));
        services.AddSingleton<ClusterKeys>();
        services.AddSingleton<MediaTickets>();
        services.AddSingleton<ClusterTokens>();
        services.AddSingleton(s => new TicketUses(Redis(s), Get<TimeProvider>(s)));
        services.AddSingleton<RedisKeys>();
        services.AddSingleton<ClusterRedis>();
        services.AddSingleton(s => new RedisMemory(Get<IConnectionMultiplexer>(s)));
        // Internal constructors: they take what other assemblies need not know.
        services.AddSingleton(s => new ClusterEvents(Redis(s)));
        services.AddSingleton(s => new ClusterLog(Redis(s), Get<ClusterClock>(s)));
        services.AddSingleton(s => new CallStore(Redis(s), Get<ClusterEvents>(s), Get<ClusterKeys>(s)));
        services.AddSingleton(s => new ConnectionDirectory(Redis(s), Get<CallStore>(s), Get<ClusterEvents>(s), Get<TimeProvider>(s)));
        services.AddSingleton(s => new GatewayRegistry(Redis(s), Get<ConnectionDirectory>(s), Get<ClusterEvents>(s), Get<ClusterLog>(s), Get<ClusterClock>(s)));
        services.AddSingleton(s => new Outbox(Redis(s), Get<CallStore>(s), Get<Transcripts.Transcripts>(s)));
        services.AddSingleton(s => new DueCalls(Redis(s), Get<CallStore>(s), Get<ClusterEvents>(s)));
        services.AddSingleton(s => new AdmissionQueue(Redis(s), Get<ClusterEvents>(s)));
        services.AddSingleton(s => new VoiceLiveBudget(Redis(s), Get<ClusterClock>(s)));
        services.AddSingleton(s => new WorkingTurns(Redis(s), Get<ClusterKeys>(s)));
        services.AddSingleton(s => new Transcripts.Transcripts(Redis(s), Get<ClusterKeys>(s), Get<IOptions<TranscriptOptions>>(s)));
        services.AddSingleton(s => new Series.Series(Redis(s), Get<ClusterClock>(s)));
        return services;
    }

    private static ClusterRedis Redis(IServiceProvider services) => Get<ClusterRedis>(services);

    private static T Get<T>(IServiceProvider services)
        where T : notnull => services.GetRequiredService<T>();
}
