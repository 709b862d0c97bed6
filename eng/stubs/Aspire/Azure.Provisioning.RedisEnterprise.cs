using Azure.Provisioning.Primitives;

namespace Azure.Provisioning.RedisEnterprise
{
    public enum RedisEnterpriseClusteringPolicy
    {
        EnterpriseCluster = 0,
    }

    public partial class RedisEnterpriseDatabase : ProvisionableResource
    {
        internal RedisEnterpriseDatabase() { }
        public BicepValue<RedisEnterpriseClusteringPolicy> ClusteringPolicy { get { throw null!; } set { } }
        public BicepValue<RedisEnterpriseEvictionPolicy> EvictionPolicy { get { throw null!; } set { } }
    }

    public enum RedisEnterpriseEvictionPolicy
    {
        NoEviction = 7,
    }
}
