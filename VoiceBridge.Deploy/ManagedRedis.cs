using Aspire.Hosting.Azure;
using Azure.Provisioning.RedisEnterprise;

namespace VoiceBridge.AppHost;

/// <summary>Azure Managed Redis as the resource <c>redis</c>.</summary>
internal static class ManagedRedis
{
    public static IResourceBuilder<AzureManagedRedisResource> AddManagedRedis(this IDistributedApplicationBuilder builder) =>
        builder.AddAzureManagedRedis("redis")
            .WithAccessKeyAuthentication()
            .ConfigureInfrastructure(infrastructure =>
            {
                var database = infrastructure.GetProvisionableResources().OfType<RedisEnterpriseDatabase>().Single();
                // Every key ends by itself. One that vanished before its time would be a call forgotten: better refuse to write.
                database.EvictionPolicy = RedisEnterpriseEvictionPolicy.NoEviction;
                // One endpoint; all keys of a cluster share a hash slot anyway.
                database.ClusteringPolicy = RedisEnterpriseClusteringPolicy.EnterpriseCluster;
            });
}
