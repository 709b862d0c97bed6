using Aspire.Hosting.Azure;
using Azure.Provisioning.RedisEnterprise;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace VoiceBridge.AppHost;

/// <summary>The resource <c>redis</c>, in whatever form there can be one.</summary>
internal static class ClusterRedis
{
    private const string Name = "redis";
    private const string EmbeddedCheck = "redis-server-ping";

    /// <summary>
    /// Azure Managed Redis in Azure; a container in Compose, and here when a container runtime answers; else the Redis server that
    /// VoiceBridge.Local carries inside.
    /// </summary>
    public static IResourceBuilder<IResourceWithConnectionString> AddClusterRedis(this IDistributedApplicationBuilder builder, Stage stage)
    {
        if (stage is Stage.ContainerApps) return AddManaged(builder);
        if (stage is Stage.Compose || ContainerRuntime.Answers(builder.Configuration)) return AddContainer(builder);
        return AddEmbedded(builder);
    }

    // Loopback or a private network of containers: a certificate would only be one more thing that can be missing.
    private static IResourceBuilder<RedisResource> AddContainer(IDistributedApplicationBuilder builder) =>
        builder.AddRedis(Name).WithoutHttpsCertificate();

    private static IResourceBuilder<AzureManagedRedisResource> AddManaged(IDistributedApplicationBuilder builder) =>
        builder.AddAzureManagedRedis(Name)
            .WithAccessKeyAuthentication()
            .ConfigureInfrastructure(infrastructure =>
            {
                var database = infrastructure.GetProvisionableResources().OfType<RedisEnterpriseDatabase>().Single();
                // Every key ends by itself. One that vanished before its time would be a call forgotten: better refuse to write.
                database.EvictionPolicy = RedisEnterpriseEvictionPolicy.NoEviction;
                // One endpoint; all keys of a cluster share a hash slot anyway.
                database.ClusteringPolicy = RedisEnterpriseClusteringPolicy.EnterpriseCluster;
            });

    private static IResourceBuilder<ConnectionStringResource> AddEmbedded(IDistributedApplicationBuilder builder)
    {
        var server = builder.AddProject<Projects.VoiceBridge_Local>("redis-server", options =>
            {
                options.ExcludeLaunchProfile = true;
                options.ExcludeKestrelEndpoints = true;
            })
            .WithEndpoint(scheme: "tcp", name: "tcp");
        var endpoint = server.GetEndpoint("tcp");
        server.WithArgs(context =>
        {
            context.Args.Add("redis");
            context.Args.Add("--port");
            context.Args.Add(endpoint.Property(EndpointProperty.TargetPort));
        });

        builder.Services.AddHealthChecks().Add(new HealthCheckRegistration(
            EmbeddedCheck, _ => new PingHealthCheck(endpoint), failureStatus: null, tags: null));
        server.WithHealthCheck(EmbeddedCheck);

        return builder.AddConnectionString(Name, ReferenceExpression.Create($"{endpoint.Property(EndpointProperty.HostAndPort)}"))
            .WaitFor(server);
    }
}
