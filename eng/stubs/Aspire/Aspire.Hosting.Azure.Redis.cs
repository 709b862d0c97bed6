using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Azure;

namespace Aspire.Hosting
{
    public static partial class AzureManagedRedisExtensions
    {
        public static IResourceBuilder<AzureManagedRedisResource> AddAzureManagedRedis(this IDistributedApplicationBuilder builder, string name) { throw null!; }
    }
}

namespace Aspire.Hosting.Azure
{
    public partial class AzureManagedRedisResource : AzureProvisioningResource, IResourceWithConnectionString
    {
        internal AzureManagedRedisResource() : base(default!, default!) { }
        public ReferenceExpression ConnectionStringExpression { get { throw null!; } }
        public BicepOutputReference NameOutputReference { get { throw null!; } }
    }
}
