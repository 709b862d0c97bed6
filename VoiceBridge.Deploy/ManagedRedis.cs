using Aspire.Hosting.Azure;
using Azure.Provisioning.RedisEnterprise;

namespace VoiceBridge.AppHost;

/// <summary>Azure Managed Redis as the resource <c>redis</c>: TLS, Entra ID only, no access keys.</summary>
internal static class ManagedRedis
{
    /// <summary>Adds it. Nobody has access yet (<see cref="ProvisionedAzure"/> gives it).</summary>
    public static IResourceBuilder<AzureManagedRedisResource> AddManagedRedis(this IDistributedApplicationBuilder builder) =>
        builder.AddAzureManagedRedis("redis")
            // Aspire would give each service access in a template of its own, all at once. A database takes one such change at a time, and
            // the others fail (https://github.com/microsoft/aspire/issues/13043).
            .ClearDefaultRoleAssignments()
            .ConfigureInfrastructure(infrastructure =>
            {
                var database = infrastructure.GetProvisionableResources().OfType<RedisEnterpriseDatabase>().Single();
                // Every key ends by itself. One that vanished before its time would be a call forgotten: better refuse to write.
                database.EvictionPolicy = RedisEnterpriseEvictionPolicy.NoEviction;
                // One endpoint; all keys of a cluster share a hash slot anyway.
                database.ClusteringPolicy = RedisEnterpriseClusteringPolicy.EnterpriseCluster;
            });
}
